// What Argo CD and kstatus must say of each object that the operator leaves behind.
import type { Stage } from '../../../operator/api/model.ts'
import * as serving from '../../../operator/plan/inferenceservice/example.ts'
import { approval, digestOf, sampleDecision, sampleModel, sampleVersion } from '../../../operator/plan/model/sampleworld.ts'
import { trainingJob } from '../../simulated/trainingjob.ts'
import * as given from './fixtures.ts'

/** What it is, the object, what Argo CD and what kstatus call it, and what Argo CD shows: the whole message, or a part. */
type Row = [title: string, object: { kind: string }, called: string, message: string | RegExp]

const staging: Stage = { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }], automatic: true }
const production: Stage = { name: 'Production', gates: [{ metric: 'accuracy', atLeast: 0.9 }], automatic: true }
const reviewed: Stage = { ...production, approvals: { required: 2, notAuthor: false, expireAfter: '72h' } }
const good = sampleVersion(1, 0.95)
const bad = sampleVersion(2, 0.78)
const lastOf = <Item>(list: readonly Item[]): Item => list.at(-1) as Item
const registry = given.registered({ stages: [staging, production], versions: [good, bad] })
const deciding = (...decisions: Parameters<typeof given.registered>[0]['decisions'] & object) =>
  lastOf(given.registered({ stages: [staging, reviewed], versions: [good], decisions }).decisions)
const spoken = approval(reviewed, good)

const jobs: Row[] = [
  ['that nobody has looked at', given.unseen(trainingJob()), 'Progressing InProgress', 'the operator has not looked at generation 1 yet'],
  ['whose run waits for its pod', given.begun().object, 'Progressing InProgress', 'run 1 waits for its pod'],
  ['whose run is at work', given.working().object, 'Progressing InProgress', 'run 1 is at work'],
  ['that no node takes', given.unscheduled().object, 'Progressing InProgress', /Insufficient memory/],
  [
    'whose next attempt follows',
    given.ended('out of memory', { compute: { retries: 2 } }).object,
    'Progressing InProgress',
    /attempt 2 of 3 follows/,
  ],
  [
    'that is suspended before its first run',
    given.begun({ suspend: true }).object,
    'Suspended InProgress',
    'spec.suspend is true: the next run begins when spec.suspend is false',
  ],
  [
    'that is registered',
    given.ended('success').object,
    'Healthy Current',
    /^ModelVersion iris-v1 carries the bundle of run 1: accuracy 0.967/,
  ],
  ['that was suspended after its version was registered', given.paused(), 'Healthy Current', /^ModelVersion iris-v1/],
  [
    'that was changed a moment ago',
    given.edited(given.ended('success').object),
    'Progressing InProgress',
    'the operator has not looked at generation 2 yet',
  ],
  [
    'that cannot be run',
    given.begun({ candidates: [{ algorithm: 'logisticRegression', parameters: { max_itr: 1 } }] }).object,
    'Degraded Failed',
    /did you mean max_iter/,
  ],
  ['whose data are bad', given.ended('bad data').object, 'Degraded Failed', /^run 1 failed and is not run again by itself/],
]

const models: Row[] = [
  ['that nobody has looked at', given.unseen(sampleModel({ stages: [staging] })), 'Progressing InProgress', /generation 1/],
  ['without a version', given.registered({ stages: [staging] }).model, 'Healthy Current', 'no version holds a stage yet; 0 registered'],
  ['with a holder', registry.model, 'Healthy Current', 'Production is held by version 1'],
  [
    'whose holder is gone',
    given.registered({ stages: [staging], versions: [good], lost: [1] }).model,
    'Degraded InProgress',
    /^version 1 holds Staging, but its ModelVersion does not exist/,
  ],
]

const versions: Row[] = [
  ['that nobody has looked at', given.unseen(good), 'Progressing InProgress', /generation 1/],
  ['that holds the last stage', registry.versions[0] as { kind: string }, 'Healthy Current', 'holds Production'],
  ['that its gates hold back', registry.versions[1] as { kind: string }, 'Healthy Current', 'not in Staging: accuracy 0.78 < 0.8'],
  [
    'that waits for people',
    lastOf(given.registered({ stages: [staging, reviewed], versions: [good] }).versions),
    'Healthy Current',
    /^holds Staging; waits for approval for Production: 0 of 2/,
  ],
  ['without a Model', given.orphaned(good), 'Progressing InProgress', /^no Model named iris exists in this namespace/],
]

const decisions: Row[] = [
  [
    'that nobody has answered',
    sampleDecision({ action: 'Promote', stage: 'Production', version: 1 }),
    'Progressing Current',
    'the operator has not answered yet',
  ],
  [
    'that was carried out',
    deciding(sampleDecision({ action: 'Archive', stage: 'Staging', version: 1 })),
    'Healthy Current',
    'version 1 stands in Archived',
  ],
  [
    'that counts and waits for others',
    deciding(spoken),
    'Suspended Current',
    /^counts; version 1: waits for approval for Production: 1 of 2 \(ann\)/,
  ],
  [
    'that is not possible',
    deciding(sampleDecision({ action: 'Rollback', stage: 'Production' })),
    'Degraded Current',
    /^refused: Production has no version to go back to/,
  ],
  [
    'that approved another bundle',
    deciding({ ...spoken, spec: { ...spoken.spec, digest: digestOf(9) } }),
    'Healthy Current',
    /^void: it was given for digest/,
  ],
  [
    'that would have promoted another bundle',
    deciding(sampleDecision({ action: 'Bypass', stage: 'Production', version: 1, digest: digestOf(9), reason: 'now' })),
    'Degraded Current',
    /^void: it was given for digest/,
  ],
]

const pinned = serving.service()
pinned.spec.traffic = [{ version: 7 }]
const followed = given.answering().seen
const refuses = { status: 'degraded', reason: 'DigestMismatch', message: 'the bundle has another digest' } as const

const services: Row[] = [
  ['that nobody has looked at', given.unseen(serving.service()), 'Progressing InProgress', /generation 1/],
  [
    'for which no version holds the stage',
    given.served(serving.world({ model: serving.model({}) })),
    'Progressing InProgress',
    /^no version of iris holds Production/,
  ],
  [
    'of a version that does not exist',
    given.served(serving.world({}, pinned)),
    'Degraded InProgress',
    /^ModelVersion iris-v7 does not exist/,
  ],
  [
    'whose first pods start',
    given.served(serving.world({ model: serving.model({ Production: 1 }) })),
    'Progressing InProgress',
    'version 1: 0 of 1 pods ready',
  ],
  ['that answers', given.served(given.answering()), 'Healthy Current', 'version 1 answers, 1 of 1 pods ready'],
  ['whose only pod crashes', given.served(given.crashing()), 'Degraded InProgress', /exit/],
  [
    'whose next version is on its way',
    given.served(serving.rolling(false)),
    'Progressing Current',
    'version 2: 0 of 1 pods ready; version 1 keeps serving',
  ],
  ['whose next version finds no node', given.served(given.crowded()), 'Progressing Current', /Insufficient cpu.*version 1 keeps serving$/],
  [
    'whose next version will not load',
    given.served(serving.rolling(false, refuses)),
    'Degraded Failed',
    /^version 2 will not load: DigestMismatch.*version 1 keeps serving$/,
  ],
  [
    'whose stage stands empty',
    given.served({ ...given.answering(), seen: { ...followed, model: serving.model({}) } }),
    'Healthy Current',
    /the last version keeps serving$/,
  ],
  [
    'whose name is taken',
    given.served({
      ...given.answering(),
      conflicts: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'iris-v1' }],
    }),
    'Degraded Failed',
    /^Deployment iris-v1 exists and belongs to somebody else/,
  ],
]

export const cases: Row[] = [...jobs, ...models, ...versions, ...decisions, ...services]
