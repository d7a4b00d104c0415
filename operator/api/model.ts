// Model: the ladder of stages, the gates between them, and who holds which stage.
import { conditions } from './conditions.ts'
import { cronLine, duration, resources, stageName, timeZone } from './fields.ts'
import { Gate } from './gate.ts'
import { defineResource, nameRules, type Resource, type SpecOf } from './resource.ts'
import { bigCount, choice, count, flag, type Infer, listOf, mapOf, object, optional, rule, text, timestamp } from './schema.ts'

export const approvalGroup = text('A group, as the authenticator of the cluster names it.', { minLength: 1, maxLength: 253 })

const approvals = object('The people whose word a version needs before it enters.', {
  required: count('How many people must approve.', { minimum: 1, maximum: 10, default: 1 }),
  groups: optional(listOf('Only members of one of these groups count.', approvalGroup, { maxItems: 16, set: true })),
  notAuthor: flag('When true, whoever submitted the training cannot approve its version.', { default: false }),
  expireAfter: duration('How long an approval counts.', { default: '72h' }),
})
export type Approvals = Infer<typeof approvals>

const freeze = object('A time during which no version enters, unless a person rolls back or bypasses.', {
  cron: cronLine('When it begins.'),
  duration: duration('How long it lasts.'),
  timeZone: optional(timeZone('Time zone of cron. Default: UTC.')),
})
export type Freeze = Infer<typeof freeze>

const stage = object('One step of the ladder.', {
  name: stageName('Name of the stage, such as Staging.'),
  approvals: optional(approvals),
  soak: optional(duration('How long a version must have stood below this stage.')),
  freeze: optional(listOf('Times during which no version enters.', freeze, { maxItems: 8 })),
  gates: optional(listOf('All must pass before a version may enter.', Gate, { maxItems: 16 })),
  automatic: flag('When true, a version enters by itself as soon as it may; when false, it waits for a Decision that promotes it.', {
    default: true,
  }),
})
export type Stage = Infer<typeof stage>

const move = object('One move of one version.', {
  version: count('The version.', { minimum: 1 }),
  from: text('Stage before.', { maxLength: 40 }),
  to: text('Stage after.', { maxLength: 40 }),
  actor: text('Who moved it: tidegate, or the person whose decision it was.', { maxLength: 253 }),
  reason: text('Why, with the numbers.', { maxLength: 512 }),
  decisions: optional(
    listOf('Names of the Decisions that it rests on.', text('A Decision.', { maxLength: 253 }), { maxItems: 16, set: true }),
  ),
  bypass: optional(flag('Whether gates and approvals were bypassed.')),
  gateRun: optional(text('The judgement of the gates that it rests on.', { maxLength: 64 })),
  digest: text('Digest of the bundle.', { maxLength: 71 }),
  at: timestamp('When.'),
})
export type Move = Infer<typeof move>

/** As a link of the ledger holds them. */
export const Moves = listOf('Moves, the oldest first.', move, { maxItems: 50 })

/** More moves than this are never in the status: what would exceed it waits for the next pass. */
export const HISTORY_LIMIT = 200

const rejection = object('A version that a person rejected.', {
  version: count('The version.', { minimum: 1 }),
  by: text('Who rejected it.', { maxLength: 253 }),
  reason: text('Why.', { maxLength: 256 }),
  at: timestamp('When.'),
})
export type Rejection = Infer<typeof rejection>

const hold = object('A stage that automation leaves alone, because a person decided who holds it.', {
  stage: text('The stage.', { maxLength: 40 }),
  by: text('Who decided.', { maxLength: 253 }),
  reason: text('Why.', { maxLength: 256 }),
  at: timestamp('Since when.'),
})
export type Hold = Infer<typeof hold>

const retention = object(
  'Which versions are removed with their bundles: no holder of a stage, none that is served, none that a rollback would go to.',
  {
    keep: optional(count('The newest so many versions stay.', { minimum: 1, maximum: 1000 })),
    archivedFor: optional(duration('How long a version must have been archived, rejected or held below the ladder.')),
  },
  rule('has(self.keep) || has(self.archivedFor)', 'retention needs keep, archivedFor or both: remove it to keep every version'),
)

/** So many may be on their way out. */
export const RETIRED_LIMIT = 64

const retirement = object('A version that retention removes: it enters no stage any more.', {
  version: count('The version.', { minimum: 1 }),
  uid: text('Uid of its ModelVersion.', { maxLength: 64 }),
  at: timestamp('Since when.'),
  job: optional(text('The batch whose Job removes the bundle.', { maxLength: 16 })),
  bundle: optional(
    choice('What became of the bundle. Gone: it was not there. Kept: another version names the same folder.', ['Removed', 'Gone', 'Kept']),
  ),
  failures: optional(count('How often it could not be removed; it is tried again, later each time.', { minimum: 1 })),
  triedAt: optional(timestamp('When it was tried last.')),
  message: optional(text('Why it could not be removed.', { maxLength: 256 })),
})
export type Retirement = Infer<typeof retirement>

const delivered = object('How far the sink of CloudEvents has been told of the moves; present once it has been told of one.', {
  moves: count('No move up to this one is left to be told; the first move of the Model is 1.', { minimum: 0 }),
  passedOver: optional(
    count('How many of them were given up, because the sink would not take them or the ledger did not hold them.', { minimum: 1 }),
  ),
})
export type Delivered = Infer<typeof delivered>

export const outcomes = ['Applied', 'Void', 'Refused'] as const

const answer = object('What a Decision came to; kept until the Decision says so itself.', {
  uid: text('Uid of the Decision.', { maxLength: 64 }),
  outcome: choice('What became of it.', outcomes),
  message: text('Why.', { maxLength: 512 }),
  at: timestamp('When.'),
})
export type Answer = Infer<typeof answer>

export const Model = defineResource({
  kind: 'Model',
  plural: 'models',
  shortNames: ['mdl'],
  description: 'Model is the ladder of stages of one model, the gates between them, and who holds which stage.',
  rules: nameRules('Model'),
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether the registry is consistent.' },
    { name: 'Production', path: '.status.holders.Production', type: 'integer', description: 'Version that holds Production.' },
    { name: 'Staging', path: '.status.holders.Staging', type: 'integer', description: 'Version that holds Staging.' },
    { name: 'Last', path: '.status.lastVersion', type: 'integer', description: 'Highest number taken.' },
    { name: 'Message', path: '.status.conditions[?(@.type=="Ready")].message', description: 'Why.' },
  ],
  spec: object(
    'The ladder.',
    {
      stages: listOf('The stages, in order from the first to the last.', stage, { minItems: 1, maxItems: 8, key: 'name' }),
      retention: optional(retention),
      gateJob: optional(
        object('The Job that judges the gates that compare or check.', {
          resources: optional(
            resources('Requests and limits of the container. Default: requests cpu 250m, memory 256Mi; limits cpu 1, memory 1Gi.'),
          ),
          deadline: optional(duration('How long it may take, with its retries. Default: 15m.')),
        }),
      ),
    },
    rule(
      "!self.stages.exists(s, s.name.lowerAscii() == 'none' || s.name.lowerAscii() == 'archived')",
      'None and Archived are the ends of every ladder and cannot be stages: choose another name',
    ),
  ),
  status: object('Who stands where.', {
    observedGeneration: optional(bigCount('Generation of the spec that was looked at.', { minimum: 0 })),
    holders: optional(mapOf('Version that holds each stage.', count('Version.', { minimum: 1 }), { maxProperties: 32 })),
    since: optional(mapOf('When the holder of each stage entered it.', timestamp('When.'), { maxProperties: 32 })),
    holds: optional(listOf('Stages that automation leaves alone.', hold, { maxItems: 8, key: 'stage' })),
    rejected: optional(listOf('Versions that a person rejected.', rejection, { maxItems: 1000, key: 'version' })),
    answered: optional(listOf('Decisions carried out whose own status may not say so yet.', answer, { maxItems: 200, key: 'uid' })),
    archived: optional(
      listOf('Versions that held a stage and were replaced.', count('Version.', { minimum: 1 }), { maxItems: 1000, set: true }),
    ),
    lastVersion: optional(count('Highest number that was taken.', { minimum: 0 })),
    retired: optional(listOf('Versions that retention removes.', retirement, { maxItems: RETIRED_LIMIT, key: 'version' })),
    retention: optional(
      object('What retention has done.', {
        removed: count('Bundles that were removed, or were gone already.', { minimum: 0 }),
        freedBytes: bigCount('Bytes that were freed.', { minimum: 0 }),
        at: timestamp('When it last did something, or could not.'),
        message: text('What that was.', { maxLength: 512 }),
      }),
    ),
    history: optional(
      listOf('The last 100 moves at least, the newest first; older ones are in the ledger.', move, { maxItems: HISTORY_LIMIT }),
    ),
    ledger: optional(
      object('The older moves: a chain of immutable ConfigMaps named <model>-<first 8 of the uid>-ledger-<number>.', {
        links: count('How many there are.', { minimum: 1 }),
        hash: text('Hash of the last one, which covers all before it.', { maxLength: 64, pattern: '^[0-9a-f]{64}$' }),
      }),
    ),
    delivered: optional(delivered),
    conditions: optional(conditions),
  }),
})
export type Model = Resource<typeof Model>
export type ModelSpec = SpecOf<typeof Model>
export type ModelStatus = NonNullable<Model['status']>
