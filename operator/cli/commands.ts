// The table of commands: parsing, help, completion and the guide are made from it.

export interface Flag {
  /** One letter, as kubectl has it. */
  short?: string
  /** What stands for the value in help; a flag without one is a switch. */
  value?: string
  choices?: readonly string[]
  says: string
}

export const flags = {
  stage: { value: 'STAGE', says: 'The stage that it is about.' },
  reason: { value: 'TEXT', says: 'Why; kept in the history.' },
  to: { value: 'NUMBER', says: 'The version that is to hold the stage; default: the one before.' },
  from: { value: 'PLACE', says: 'Where its bundle is: s3://BUCKET/FOLDER or claim://NAME/FOLDER.' },
  'from-run': { value: 'RUN', says: 'The MLflow run that logged it; default: the one that the version names.' },
  endpoint: { value: 'URL', says: 'The server that speaks S3; default: that of AWS.' },
  region: { value: 'NAME', says: 'The region of the bucket; default: us-east-1.' },
  credentials: { value: 'SECRET', says: 'A Secret of the new namespace, read by the import and nobody else.' },
  claim: { value: 'NAME', says: 'The claim that it goes to; default: one of the same name.' },
  'dry-run': { says: 'Print what would be written, and write nothing.' },
  wait: { value: 'TIME', says: 'How long to wait for an answer: 30s (the default), 2m, 0 for not.' },
  at: { value: 'TIME', says: 'A moment: 2026-10-01, 2026-10-01T14:30, in UTC, or with a zone.' },
  features: { value: 'VALUES', says: 'One row: values in the order of the inputs, by commas, or JSON.' },
  file: { value: 'PATH', says: 'A JSON body; - is standard input.' },
  direct: { says: "Ask status.url, and not the API server's service proxy." },
  namespace: { short: 'n', value: 'NAMESPACE', says: 'The namespace; default: the one of the context.' },
  context: { value: 'NAME', says: 'The context of the kubeconfig.' },
  kubeconfig: { value: 'PATH', says: 'The kubeconfig file; default: KUBECONFIG, then ~/.kube/config.' },
  output: { short: 'o', value: 'json|yaml', choices: ['json', 'yaml'], says: 'Print the objects and not a table.' },
  help: { short: 'h', says: 'Say how a command is used.' },
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof flags

/** Flags that every command which talks to the cluster has. */
export const everywhere: readonly FlagName[] = ['namespace', 'context', 'kubeconfig', 'output', 'help']

export interface Command {
  takes: readonly string[]
  flags: readonly FlagName[]
  required?: readonly FlagName[]
  /** Flags that mean something else here. */
  means?: Partial<Record<FlagName, Flag>>
  says: string
  example: string
  /** Needs no cluster. */
  alone?: true
}

const decision = {
  approve: {
    takes: ['VERSION'],
    flags: ['stage', 'reason', 'wait'],
    says: 'Say that a version may enter its next stage.',
    example: 'approve churn-v4',
  },
  reject: {
    takes: ['VERSION'],
    flags: ['stage', 'reason', 'wait'],
    required: ['reason'],
    says: 'Say that a version may not enter; it goes back to None.',
    example: 'reject churn-v4 --reason "worse for new customers"',
  },
  promote: {
    takes: ['VERSION'],
    flags: ['stage', 'reason', 'wait'],
    says: 'Let a version enter its next stage, if gates and approvals let it.',
    example: 'promote churn-v4 --stage Production',
  },
  bypass: {
    takes: ['VERSION'],
    flags: ['stage', 'reason', 'wait'],
    required: ['stage', 'reason'],
    says: 'Let a version enter without gates and approvals; the history says so.',
    example: 'bypass churn-v4 --stage Production --reason "outage 812"',
  },
  archive: {
    takes: ['VERSION'],
    flags: ['reason', 'wait'],
    says: 'Let a version leave the stage that it holds.',
    example: 'archive churn-v3',
  },
  restore: {
    takes: ['VERSION'],
    flags: ['stage', 'reason', 'wait'],
    says: 'Let an archived version hold its stage again.',
    example: 'restore churn-v3',
  },
  rollback: {
    takes: ['MODEL'],
    flags: ['stage', 'to', 'reason', 'wait'],
    says: 'Give a stage back to the version that held it before.',
    example: 'rollback churn',
  },
  release: {
    takes: ['MODEL'],
    flags: ['stage', 'reason', 'wait'],
    required: ['stage'],
    says: 'Let automation change a stage again that a person decided about.',
    example: 'release churn --stage Production',
  },
} as const satisfies Record<string, Command>

export type DecisionName = keyof typeof decision

const others = {
  retrain: { takes: ['JOB'], flags: [], says: 'Ask for one more run of a TrainingJob.', example: 'retrain churn' },
  status: {
    takes: ['MODEL'],
    flags: [],
    says: 'Show the ladder of a model, who holds it, and what waits, and why.',
    example: 'status churn',
  },
  history: {
    takes: ['MODEL'],
    flags: ['at', 'stage'],
    says: 'List the moves of a model, or who held each stage at a moment.',
    example: 'history churn --at 2026-10-01',
  },
  lineage: {
    takes: ['NAME'],
    flags: [],
    says: 'Follow data, run, version, stage and services, from any of their names.',
    example: 'lineage churn-v4',
  },
  compare: {
    takes: ['VERSION', 'VERSION'],
    flags: [],
    says: 'Show metrics, intervals, gates and data of two versions.',
    example: 'compare churn-v3 churn-v4',
  },
  gates: {
    takes: ['VERSION'],
    flags: ['file'],
    means: { file: { value: 'PATH', says: 'A Model, a ModelVersion or both, not applied yet; - is standard input.' } },
    says: 'Show what gates say of a version, or would by what a file says.',
    example: 'gates churn-v4 --file model.yaml',
  },
  validate: {
    takes: ['FILE'],
    flags: ['wait'],
    means: { wait: { value: 'TIME', says: 'How long to wait for an answer: 10m (the default), at most 12h.' } },
    says: 'Check the rows of a TrainingJob in a file; exits with 0, 42 or 43.',
    example: 'validate churn.yaml',
  },
  copy: {
    takes: ['VERSION'],
    flags: ['to', 'from-run', 'from', 'endpoint', 'region', 'credentials', 'claim', 'dry-run'],
    required: ['to'],
    means: { to: { value: 'NAMESPACE', says: 'The namespace that gets it.' } },
    says: 'Write a version into another namespace, bound to the same bundle.',
    example: 'copy churn-v4 --to production',
  },
  predict: {
    takes: ['SERVICE'],
    flags: ['features', 'file', 'direct'],
    says: 'Send one request to an InferenceService.',
    example: 'predict iris --features 5.1,3.5,1.4,0.2',
  },
  completion: {
    takes: ['SHELL'],
    flags: [],
    says: 'Print the completion for bash, zsh, fish, or for kubectl itself.',
    example: 'completion bash',
    alone: true,
  },
} as const satisfies Record<string, Command>

export const commands: Record<CommandName, Command> = { ...decision, ...others }

export type CommandName = DecisionName | keyof typeof others

export const commandNames = Object.keys(commands) as CommandName[]

/** The flags of a command, its own first. */
export const flagsOf = (name: CommandName): FlagName[] => {
  const { flags: own, alone } = commands[name]
  return [...own, ...(alone ? (['help'] as const) : everywhere)]
}

/** What a flag means for a command. */
export const flagOf = (command: CommandName, name: FlagName): Flag => commands[command].means?.[name] ?? flags[name]

/** The words of a usage, those that belong together in one. */
export const usageWords = (name: CommandName): string[] => {
  const { takes, flags: own, required = [] } = commands[name]
  const written = own.map(flag => {
    const { value } = flagOf(name, flag)
    const text = value ? `--${flag} ${value}` : `--${flag}`
    return required.includes(flag) ? text : `[${text}]`
  })
  return [name, ...takes, ...written]
}

/** `approve VERSION [--stage STAGE]`, as help and guide show it. */
export const usageOf = (name: CommandName): string => usageWords(name).join(' ')
