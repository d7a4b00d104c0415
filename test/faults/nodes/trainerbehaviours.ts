// How a run of a trainer can end, in the words of the real one. A digest follows from TrainingJob and run, so that two rounds of a test agree.
import { createHash } from 'node:crypto'
import type { DataReport, Metric, Summary, TrainerConfig } from '../../../operator/api/bundle.ts'
import { CONTRACT_VERSION, exitCode } from '../../../operator/api/contract.ts'
import type { End } from './program.ts'

export interface TrainerRun {
  jobUid: string
  config: TrainerConfig
}

export interface TrainerBehaviour {
  /** Milliseconds from start to end; without it, those of the node. */
  runMs?: number
  /** Without it the run never ends by itself. */
  end?: (run: TrainerRun) => End
}

const METRICS: Metric[] = [
  { name: 'accuracy', value: 0.9667, low: 0.8333, high: 0.9941, interval: 'wilson' },
  { name: 'precision', value: 0.9697 },
  { name: 'recall', value: 0.9667 },
  { name: 'f1', value: 0.9666, low: 0.8329, high: 1, interval: 'bootstrap' },
  { name: 'roc_auc', value: 0.9983 },
  { name: 'log_loss', value: 0.1142 },
]

export interface Success {
  metrics?: Metric[]
  data?: Partial<DataReport>
  runMs?: number
}

export const succeeds = ({ metrics = METRICS, data, runMs }: Success = {}): TrainerBehaviour => ({
  ...(runMs !== undefined && { runMs }),
  end: run => completed({ ...summaryOf(run), metrics, data: { ...reportOf(run), ...data } }),
})

/** Exit code 42: never tried again. */
export const badData: TrainerBehaviour = {
  end: () => failed(exitCode.badInput, 'DataInvalid', 'row 7: petal_length is "x", a number is needed: correct the row'),
}

/** Exit code 43: never tried again. */
export const checksRefused: TrainerBehaviour = {
  end: () => failed(exitCode.checksRefused, 'ChecksRefused', 'checks.minRows is 10, but there are 7 rows: give more rows'),
}

/** Exit code 1: tried again. */
export const crashes: TrainerBehaviour = {
  end: () => failed(1, 'TrainingFailed', 'ValueError: it broke; the log of the pod has the details'),
}

/** Killed by the kernel, without a word. */
export const outOfMemory: TrainerBehaviour = { end: () => ({ exitCode: 137, reason: 'OOMKilled' }) }

export const hangs: TrainerBehaviour = {}

/** It ends well, and what it leaves is no summary. */
export const nonsense: TrainerBehaviour = { end: () => ({ exitCode: 0, reason: 'Completed', message: '{"contract":' }) }

export const silent: TrainerBehaviour = { end: () => ({ exitCode: 0, reason: 'Completed' }) }

/** It reports the bundle of another Job. */
export const stolenBundle: TrainerBehaviour = {
  end: run => completed(summaryOf({ ...run, jobUid: '00000000-0000-4000-8000-000000000000' })),
}

/** What a trainer says that cannot use its configuration. */
export const configInvalid = (why: string): End => failed(exitCode.badInput, 'ConfigInvalid', why)

/** What a trainer says that was told to end. */
export const stopped = (stage: string): End => failed(143, 'TrainingFailed', `stopped by SIGTERM in stage ${stage}; nothing was published`)

const completed = (summary: Summary): End => ({ exitCode: exitCode.done, reason: 'Completed', message: JSON.stringify(summary) })

const failed = (code: number, reason: NonNullable<Summary['reason']>, message: string): End => ({
  exitCode: code,
  reason: 'Error',
  message: JSON.stringify({ contract: CONTRACT_VERSION, outcome: 'Failed', reason, message, finishedAt: now() } satisfies Summary),
})

const summaryOf = (run: TrainerRun): Summary => ({
  contract: CONTRACT_VERSION,
  outcome: 'Succeeded',
  artifact: { path: `${run.config.model}/${run.jobUid}`, digest: digestOf(run), sizeBytes: 12_345 },
  data: reportOf(run),
  algorithm: run.config.candidate.algorithm,
  metrics: METRICS,
  ...runnersUp(run),
  finishedAt: now(),
})

/** As many as it was told to keep beside the best. */
const runnersUp = (run: TrainerRun): Pick<Summary, 'runnersUp'> => {
  const others = [run.config.candidate, ...(run.config.rivals ?? [])].slice(1, run.config.ranking?.top ?? 1)
  const left = others.map(({ algorithm }, index) => ({ digest: digestOf(run, index + 2), sizeBytes: 12_345, algorithm, metrics: METRICS }))
  return left.length > 0 ? { runnersUp: left } : {}
}

/** The digest of the bundle that this run leaves, or of that which it leaves beside the best. */
const digestOf = ({ config }: TrainerRun, rank = 1): string =>
  sha256(`bundle of ${config.model} from ${config.trainingJob}, run ${config.run}${rank > 1 ? `, number ${rank}` : ''}`)

const reportOf = ({ config }: TrainerRun): DataReport => ({
  source: 'primary',
  described: config.data.described,
  digest: sha256(`rows of ${config.data.described}`),
  rows: 150,
  columns: 4,
  trainRows: 120,
  testRows: 30,
  classes: 3,
})

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`

const now = (): string => `${new Date().toISOString().slice(0, 19)}Z`
