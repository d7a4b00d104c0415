// What is remembered of one run of a TrainingJob: why it began, how it ended, what it left, and what the gates said of that.
import { MOST_KEPT } from './bundle.ts'
import { objectName, runId } from './fields.ts'
import { bigCount, choice, count, type Infer, listOf, object, optional, text, timestamp } from './schema.ts'

export const Judgement = object('What the gates of the first stage said of the version.', {
  verdict: choice('Passed: it may enter, or did. Refused: a gate failed. Undecided: a gate could not tell whether it is good enough.', [
    'Passed',
    'Refused',
    'Undecided',
  ]),
  message: text('Why, with the numbers.', { maxLength: 512 }),
  at: timestamp('When it was first said so.'),
})
export type Judgement = Infer<typeof Judgement>

export const Run = object('One run: recorded when it starts, never run again once it ended.', {
  number: count('From 1.', { minimum: 1 }),
  specDigest: text('Digest of what the run computes.', { maxLength: 71 }),
  trigger: optional(
    choice('Why it began: the spec asked for it, somebody did, the schedule, or a gate that failed the version before.', [
      'Spec',
      'Request',
      'Schedule',
      'GateFailure',
    ]),
  ),
  attempt: optional(count('Of those that follow a failed gate, in a row: the first is 1.', { minimum: 1, maximum: 5 })),
  request: optional(text('Value of the annotation tidegate.io/run-requested that asked for it.', { maxLength: 253 })),
  submittedBy: optional(text('Who had written the spec when it began.', { maxLength: 253 })),
  jobUid: optional(text('Uid of its Job; names the folder of the bundle.', { maxLength: 64 })),
  startedAt: timestamp('When its Job was first seen.'),
  finishedAt: optional(timestamp('When it ended.')),
  outcome: choice('How it stands.', ['Running', 'Succeeded', 'Failed']),
  reason: optional(text('Why it failed.', { maxLength: 64 })),
  message: optional(text('Why it failed, for people.', { maxLength: 1200 })),
  artifact: optional(
    object('The bundle that it left.', {
      claim: objectName('The claim.'),
      path: text('Folder on the claim.', { maxLength: 512 }),
      digest: text('Digest of the bundle.', { maxLength: 71 }),
      sizeBytes: bigCount('Size.', { minimum: 0 }),
    }),
  ),
  algorithm: optional(text('The algorithm, of several candidates that of the best.', { maxLength: 40 })),
  dataDigest: optional(text('Digest of the rows.', { maxLength: 71 })),
  mlflowRunId: optional(runId('The run in the tracking server, when it was logged.')),
  version: optional(objectName('The ModelVersion that was registered; of several, the best.')),
  runnersUp: optional(
    listOf('The ModelVersions that were registered beside it, the best first.', objectName('Its name.'), { maxItems: MOST_KEPT - 1 }),
  ),
  judgement: optional(Judgement),
})
export type Run = Infer<typeof Run>
