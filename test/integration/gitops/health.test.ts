import { beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../../operator/api/kinds.ts'
import type { Stage } from '../../../operator/api/model.ts'
import * as serving from '../../../operator/plan/inferenceservice/example.ts'
import { approval, digestOf, sampleDecision, sampleModel, sampleVersion } from '../../../operator/plan/model/sampleworld.ts'
import { trainingJob } from '../../simulated/trainingjob.ts'
import * as given from './fixtures.ts'
import { type Judgement, judge, pastedChecks } from './healthjudge.ts'

interface Case {
  title: string
  object: { kind: string }
  health: string
  /** The whole message, or a part of it. */
  message: string | RegExp
  kstatus: string
}

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

const jobs: Case[] = [
  { title: 'that nobody has looked at', object: given.unseen(trainingJob()), health: 'Progressing', message: 'the operator has not looked at generation 1 yet', kstatus: 'InProgress' },
  { title: 'whose run waits for its pod', object: given.begun().object, health: 'Progressing', message: 'run 1 waits for its pod', kstatus: 'InProgress' },
  { title: 'whose run is at work', object: given.working().object, health: 'Progressing', message: 'run 1 is at work', kstatus: 'InProgress' },
  { title: 'that no node takes', object: given.unscheduled().object, health: 'Progressing', message: /Insufficient memory/, kstatus: 'InProgress' },
  { title: 'whose next attempt follows', object: given.ended('out of memory', { compute: { retries: 2 } }).object, health: 'Progressing', message: /attempt 2 of 3 follows/, kstatus: 'InProgress' },
  { title: 'that is suspended before its first run', object: given.begun({ suspend: true }).object, health: 'Suspended', message: 'spec.suspend is true: the next run begins when spec.suspend is false', kstatus: 'InProgress' },
  { title: 'that is registered', object: given.ended('success').object, health: 'Healthy', message: /^ModelVersion iris-v1 carries the bundle of run 1: accuracy 0.967/, kstatus: 'Current' },
  { title: 'that was suspended after its version was registered', object: given.paused(), health: 'Healthy', message: /^ModelVersion iris-v1/, kstatus: 'Current' },
  { title: 'that was changed a moment ago', object: given.edited(given.ended('success').object), health: 'Progressing', message: 'the operator has not looked at generation 2 yet', kstatus: 'InProgress' },
  { title: 'that cannot be run', object: given.begun({ candidates: [{ algorithm: 'logisticRegression', parameters: { max_itr: 1 } }] }).object, health: 'Degraded', message: /did you mean max_iter/, kstatus: 'Failed' },
  { title: 'whose data are bad', object: given.ended('bad data').object, health: 'Degraded', message: /^run 1 failed and is not run again by itself/, kstatus: 'Failed' },
]

const models: Case[] = [
  { title: 'that nobody has looked at', object: given.unseen(sampleModel({ stages: [staging] })), health: 'Progressing', message: /generation 1/, kstatus: 'InProgress' },
  { title: 'without a version', object: given.registered({ stages: [staging] }).model, health: 'Healthy', message: 'no version holds a stage yet; 0 registered', kstatus: 'Current' },
  { title: 'with a holder', object: registry.model, health: 'Healthy', message: 'Production is held by version 1', kstatus: 'Current' },
  { title: 'whose holder is gone', object: given.registered({ stages: [staging], versions: [good], lost: [1] }).model, health: 'Degraded', message: /^version 1 holds Staging, but its ModelVersion does not exist/, kstatus: 'InProgress' },
]

const versions: Case[] = [
  { title: 'that nobody has looked at', object: given.unseen(good), health: 'Progressing', message: /generation 1/, kstatus: 'InProgress' },
  { title: 'that holds the last stage', object: registry.versions[0] as { kind: string }, health: 'Healthy', message: 'holds Production', kstatus: 'Current' },
  { title: 'that its gates hold back', object: registry.versions[1] as { kind: string }, health: 'Healthy', message: 'not in Staging: accuracy 0.78 < 0.8', kstatus: 'Current' },
  { title: 'that waits for people', object: lastOf(given.registered({ stages: [staging, reviewed], versions: [good] }).versions), health: 'Healthy', message: /^holds Staging; waits for approval for Production: 0 of 2/, kstatus: 'Current' },
  { title: 'without a Model', object: given.orphaned(good), health: 'Progressing', message: /^no Model named iris exists in this namespace/, kstatus: 'InProgress' },
]

const decisions: Case[] = [
  { title: 'that nobody has answered', object: sampleDecision({ action: 'Promote', stage: 'Production', version: 1 }), health: 'Progressing', message: 'the operator has not answered yet', kstatus: 'Current' },
  { title: 'that was carried out', object: deciding(sampleDecision({ action: 'Archive', stage: 'Staging', version: 1 })), health: 'Healthy', message: /./, kstatus: 'Current' },
  { title: 'that counts and waits for others', object: deciding(spoken), health: 'Suspended', message: /^counts; version 1: waits for approval for Production: 1 of 2 \(ann\)/, kstatus: 'Current' },
  { title: 'that is not possible', object: deciding(sampleDecision({ action: 'Rollback', stage: 'Production' })), health: 'Degraded', message: /^refused: Production has no version to go back to/, kstatus: 'Current' },
  { title: 'that approved another bundle', object: deciding({ ...spoken, spec: { ...spoken.spec, digest: digestOf(9) } }), health: 'Healthy', message: /^void: it was given for digest/, kstatus: 'Current' },
  { title: 'that would have promoted another bundle', object: deciding(sampleDecision({ action: 'Bypass', stage: 'Production', version: 1, digest: digestOf(9), reason: 'now' })), health: 'Degraded', message: /^void: it was given for digest/, kstatus: 'Current' },
]

const pinned = serving.service()
pinned.spec.traffic = [{ version: 7 }]
const followed = given.answering().seen
const refuses = { status: 'degraded', reason: 'DigestMismatch', message: 'the bundle has another digest' } as const

const services: Case[] = [
  { title: 'that nobody has looked at', object: given.unseen(serving.service()), health: 'Progressing', message: /generation 1/, kstatus: 'InProgress' },
  { title: 'for which no version holds the stage', object: given.served(serving.world({ model: serving.model({}) })), health: 'Progressing', message: /^no version of iris holds Production/, kstatus: 'InProgress' },
  { title: 'of a version that does not exist', object: given.served(serving.world({}, pinned)), health: 'Degraded', message: /^ModelVersion iris-v7 does not exist/, kstatus: 'InProgress' },
  { title: 'whose first pods start', object: given.served(serving.world({ model: serving.model({ Production: 1 }) })), health: 'Progressing', message: 'version 1: 0 of 1 pods ready', kstatus: 'InProgress' },
  { title: 'that answers', object: given.served(given.answering()), health: 'Healthy', message: 'version 1 answers, 1 of 1 pods ready', kstatus: 'Current' },
  { title: 'whose only pod crashes', object: given.served(given.crashing()), health: 'Degraded', message: /exit/, kstatus: 'InProgress' },
  { title: 'whose next version is on its way', object: given.served(serving.rolling(false)), health: 'Progressing', message: 'version 2: 0 of 1 pods ready; version 1 keeps serving', kstatus: 'Current' },
  { title: 'whose next version finds no node', object: given.served(given.crowded()), health: 'Progressing', message: /Insufficient cpu.*version 1 keeps serving$/, kstatus: 'Current' },
  { title: 'whose next version will not load', object: given.served(serving.rolling(false, refuses)), health: 'Degraded', message: /^version 2 will not load: DigestMismatch.*version 1 keeps serving$/, kstatus: 'Failed' },
  { title: 'whose stage stands empty', object: given.served({ ...given.answering(), seen: { ...followed, model: serving.model({}) } }), health: 'Healthy', message: /the last version keeps serving$/, kstatus: 'Current' },
  { title: 'whose name is taken', object: given.served({ ...given.answering(), conflicts: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'iris-v1' }] }), health: 'Degraded', message: /^Deployment iris-v1 exists and belongs to somebody else/, kstatus: 'Failed' },
]

const cases = [...jobs, ...models, ...versions, ...decisions, ...services]
let judgements: Judgement[]

beforeAll(async () => {
  judgements = await judge(cases.map(({ object }) => object))
}, 900_000)

describe('the health that Argo CD shows', () => {
  it.each(cases.map((one, index) => ({ ...one, kind: one.object.kind, index })))(
    'of a $kind $title is $health',
    ({ index, health, message }) => {
      expect(judgements[index]).toMatchObject({ health: { status: health } })
      expect(judgements[index]?.health?.message).toMatch(message)
    },
  )

  it('is shown of every kind, in every health that it can have', () => {
    expect([...pastedChecks().keys()].toSorted()).toEqual(kinds.map(({ kind }) => kind).toSorted())
    const named = [...pastedChecks()].map(([kind, script]) => [kind, new Set([...script.matchAll(/say\("(\w+)"/g)].map(([, one]) => one))])
    const seen = (kind: unknown) => new Set(cases.filter(({ object }) => object.kind === kind).map(({ health }) => health))
    for (const [kind, healths] of named as [string, Set<string>][]) {
      expect([...healths].filter(one => one !== 'Unknown' && !seen(kind).has(one) && !(kind === 'ModelVersion' && one === 'Degraded')), kind).toEqual([])
    }
  })

  it('is Unknown where the status says what the check does not know', async () => {
    const strange = (object: object, status: object) => ({ ...object, status: { observedGeneration: 1, ...status } }) as unknown as { kind: string }
    const [decision, model] = await judge([
      strange(spoken, { outcome: 'Postponed' }),
      strange(registry.model, { conditions: [{ type: 'Ready', status: 'Perhaps' }] }),
    ])
    expect(decision?.health).toEqual({ status: 'Unknown', message: expect.stringContaining('the outcome is Postponed') })
    expect(model?.health).toEqual({ status: 'Unknown', message: expect.stringContaining('no Ready that this check can read') })
  })
})

describe('what Flux and Helm wait for', () => {
  it.each(cases.map((one, index) => ({ ...one, kind: one.object.kind, index })))('of a $kind $title is $kstatus', ({ index, kstatus }) => {
    expect(judgements[index]?.kstatus.status).toBe(kstatus)
  })
})

describe('the judge', () => {
  it.each([
    ['return {status = "Fine", message = ""}', 'status is "Fine", which is no health of Argo CD'],
    ['return "Healthy"', 'the check returned a string: a table is needed'],
    ['return {status = "Healthy"}', 'message is a nil: a text is needed'],
    ['return {status = string.upper("x"), message = ""}', 'attempt to index a non-table object(nil)'],
    ['while true do end', 'context deadline exceeded'],
  ])('refuses %s', async (script, error) => {
    const [judged] = await judge([good], new Map([['ModelVersion', script]]))
    expect(judged?.health).toBeUndefined()
    expect(judged?.error).toContain(error)
  })
})
