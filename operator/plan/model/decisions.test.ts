import { describe, expect, it } from 'vitest'
import type { Decision, DecisionStatus } from '../../api/decision.ts'
import type { Model, ModelSpec, ModelStatus, Stage } from '../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { plan } from './plan.ts'
import { approval, digestOf, later, nothingElse, sampleDecision, sampleModel, sampleVersion, start } from './sampleworld.ts'

const staging: Stage = { name: 'Staging', gates: [{ metric: 'accuracy', atLeast: 0.8 }], automatic: true }
const reviewed: Stage = {
  name: 'Production',
  gates: [{ metric: 'accuracy', atLeast: 0.9 }],
  approvals: { required: 1, notAuthor: false, expireAfter: '72h' },
  automatic: true,
}
const ladder = (production: Partial<Stage> = {}): ModelSpec => ({ stages: [staging, { ...reviewed, ...production }] })
const plain: ModelSpec = { stages: [staging, { name: 'Production', automatic: true }] }

interface Scene {
  spec?: ModelSpec
  status?: ModelStatus | undefined
  versions: ModelVersion[]
  decisions?: Decision[]
  now?: Date
}

/** One pass, with everything it wrote. */
const pass = ({ spec = ladder(), status, versions, decisions = [], now = start }: Scene) => {
  const object: Model = sampleModel(spec, status)
  const planned = plan({ object, versions, decisions, ...nothingElse, now })
  const written = (name: string) => planned.statuses?.find(each => each.object.metadata.name === name)?.status
  return {
    planned,
    status: planned.status as ModelStatus,
    holders: planned.status?.holders,
    told: (decision: Decision) => written(decision.metadata.name) as DecisionStatus | undefined,
    why: (number: number) => (written(`iris-v${number}`) as ModelVersionStatus).conditions?.find(({ type }) => type === 'Ready')?.message,
    reason: (number: number) => (written(`iris-v${number}`) as ModelVersionStatus).conditions?.find(({ type }) => type === 'Ready')?.reason,
  }
}

const good = sampleVersion(1, 0.95)

describe('a stage that asks for approval', () => {
  it('is entered once a person approves, and the history names the person, the Decision and the judgement', () => {
    const waiting = pass({ versions: [good] })
    expect(waiting.holders).toEqual({ Staging: 1 })
    expect(waiting.why(1)).toMatch(/^holds Staging; waits for approval for Production: 0 of 1; gate run [0-9a-f]{12}$/)
    const word = approval(reviewed, good)
    const done = pass({ status: waiting.status, versions: [good], decisions: [word] })
    expect(done.holders).toEqual({ Production: 1 })
    expect(done.status.history?.[0]).toMatchObject({
      actor: 'tidegate',
      reason: 'approved by ann; accuracy 0.95 ≥ 0.9',
      decisions: [word.metadata.name],
      gateRun: word.spec.gateRun,
    })
    expect(done.told(word)).toMatchObject({ outcome: 'Applied', message: 'version 1 entered Production' })
  })

  it('counts each person once, and tells the first that it waits for another', () => {
    const spec = ladder({ approvals: { required: 2, notAuthor: false, expireAfter: '72h' } })
    const stage = spec.stages[1] as Stage
    const [one, again, other] = [approval(stage, good), approval(stage, good), approval(stage, good, { by: 'bob' })]
    const first = pass({ spec, versions: [good], decisions: [one, again] })
    expect(first.holders).toEqual({ Staging: 1 })
    expect(first.told(one)?.outcome).toBeUndefined()
    expect(first.told(one)?.message).toMatch(/^counts; version 1: waits for approval for Production: 1 of 2 \(ann\)/)
    const second = pass({ spec, status: first.status, versions: [good], decisions: [one, again, other] })
    expect(second.holders).toEqual({ Production: 1 })
    expect(second.told(other)?.outcome).toBe('Applied')
    expect(second.told(again)).toMatchObject({ outcome: 'Void', message: 'version 1 holds Production already' })
  })

  it('does not count the word of somebody outside its groups', () => {
    const spec = ladder({ approvals: { required: 1, groups: ['reviewers'], notAuthor: false, expireAfter: '72h' } })
    const stage = spec.stages[1] as Stage
    const outsider = approval(stage, good, { groups: ['developers'] })
    const refused = pass({ spec, versions: [good], decisions: [outsider] })
    expect(refused.holders).toEqual({ Staging: 1 })
    expect(refused.told(outsider)).toMatchObject({
      outcome: 'Refused',
      message: 'only members of reviewers approve for Production, and it names developers',
    })
    const member = approval(stage, good, { groups: ['reviewers'] })
    expect(pass({ spec, versions: [good], decisions: [member] }).holders).toEqual({ Production: 1 })
  })

  it('does not take the word of the author where it asks for another person, nor anybody’s while the author is unknown', () => {
    const spec = ladder({ approvals: { required: 1, notAuthor: true, expireAfter: '72h' } })
    const stage = spec.stages[1] as Stage
    const anonymous = pass({ spec, versions: [good], decisions: [approval(stage, good)] })
    expect(anonymous.holders).toEqual({ Staging: 1 })
    expect(anonymous.reason(1)).toBe('AuthorUnverified')
    const robot = sampleVersion(1, 0.95, { author: 'system:serviceaccount:ci:robot' })
    expect(pass({ spec, versions: [robot], decisions: [approval(stage, robot)] }).reason(1)).toBe('AuthorUnverified')
    const signed = sampleVersion(1, 0.95, { author: 'ann' })
    const own = approval(stage, signed)
    const refused = pass({ spec, versions: [signed], decisions: [own] })
    expect(refused.told(own)).toMatchObject({ outcome: 'Refused' })
    expect(refused.holders).toEqual({ Staging: 1 })
    expect(pass({ spec, versions: [signed], decisions: [approval(stage, signed, { by: 'bob' })] }).holders).toEqual({ Production: 1 })
  })

  it('voids a word that was given for another digest or another judgement', () => {
    const word = approval(reviewed, good)
    const other: Decision = { ...word, spec: { ...word.spec, digest: digestOf(9) } }
    expect(pass({ versions: [good], decisions: [other] }).told(other)).toMatchObject({ outcome: 'Void' })
    const stricter = ladder({ gates: [{ metric: 'accuracy', atLeast: 0.92 }] })
    const changed = pass({ spec: stricter, versions: [good], decisions: [word] })
    expect(changed.holders).toEqual({ Staging: 1 })
    expect(changed.told(word)?.message).toMatch(/^it was given for the judgement [0-9a-f]{12}, and the present one is [0-9a-f]{12}/)
  })

  it('lets a word expire by the clock, and looks again at that moment', () => {
    const spec = ladder({ approvals: { required: 2, notAuthor: false, expireAfter: '1h' } })
    const word = approval(spec.stages[1] as Stage, good)
    expect(pass({ spec, versions: [good], decisions: [word], now: later(59) }).planned.requeueAfter).toBe(60)
    const expired = pass({ spec, versions: [good], decisions: [word], now: later(60) })
    expect(expired.told(word)).toMatchObject({ outcome: 'Void', message: expect.stringMatching(/^it expired at 2026-01-01T01:00/) })
  })

  it('is not entered by a version whose gates fail, whoever approves', () => {
    const worse = sampleVersion(1, 0.85)
    const word = approval(reviewed, worse)
    const held = pass({ versions: [worse], decisions: [word] })
    expect(held.holders).toEqual({ Staging: 1 })
    expect(held.why(1)).toBe('holds Staging; not in Production: accuracy 0.85 < 0.9')
  })
})

describe('the word of a person', () => {
  it('rejects a version to None, where it stays until a person promotes it', () => {
    const no = sampleDecision({ action: 'Reject', stage: 'Production', version: 1, reason: 'unfair to the elderly' })
    const first = pass({ versions: [good] })
    const out = pass({ status: first.status, versions: [good], decisions: [no] })
    expect(out.holders).toEqual({})
    expect(out.told(no)).toMatchObject({ outcome: 'Applied', message: 'version 1 stands in None' })
    expect(out.why(1)).toBe('rejected by ann: unfair to the elderly')
    const yes = sampleDecision({ action: 'Promote', stage: 'Staging', version: 1 })
    const back = pass({ status: out.status, versions: [good], decisions: [yes] })
    expect(back.holders).toEqual({ Staging: 1 })
    expect(back.status.rejected).toEqual([])
  })

  it('promotes a version beyond a stage, and leaves the one that it came from empty', () => {
    const three: ModelSpec = { stages: [staging, { name: 'Production', automatic: false }, { name: 'GNU_Production', automatic: false }] }
    const up = sampleDecision({ action: 'Promote', stage: 'GNU_Production', version: 1 })
    const done = pass({ spec: three, versions: [good], status: pass({ spec: three, versions: [good] }).status, decisions: [up] })
    expect(done.holders).toEqual({ GNU_Production: 1 })
    expect(done.status.history?.[0]).toMatchObject({ from: 'Staging', to: 'GNU_Production', actor: 'ann' })
  })

  it('promotes nothing whose gates fail; a bypass does, and leaves its mark', () => {
    const worse = sampleVersion(1, 0.85)
    const status = pass({ versions: [worse] }).status
    const up = sampleDecision({ action: 'Promote', stage: 'Production', version: 1 })
    expect(pass({ status, versions: [worse], decisions: [up] }).told(up)).toMatchObject({
      outcome: 'Refused',
      message: 'not in Production: accuracy 0.85 < 0.9',
    })
    const past = sampleDecision({ action: 'Bypass', stage: 'Production', version: 1, digest: digestOf(1), reason: 'outage' })
    const done = pass({ status, versions: [worse], decisions: [past] })
    expect(done.holders).toEqual({ Production: 1 })
    expect(done.status.history?.[0]).toMatchObject({ bypass: true, actor: 'ann', reason: 'outage; gates and approvals bypassed by ann' })
  })

  it('rolls back to the version before, keeps automation from undoing it, and lets it go on when released', () => {
    const [one, two, three] = [sampleVersion(1, 0.95), sampleVersion(2, 0.96), sampleVersion(3, 0.97)]
    const first = pass({ spec: plain, versions: [one] }).status
    const second = pass({ spec: plain, status: first, versions: [one, two] }).status
    expect(second.holders).toEqual({ Production: 2 })
    const back = sampleDecision({ action: 'Rollback', stage: 'Production', reason: 'complaints' })
    const rolled = pass({ spec: plain, status: second, versions: [one, two], decisions: [back] })
    expect(rolled.holders).toEqual({ Production: 1 })
    expect(rolled.told(back)).toMatchObject({ outcome: 'Applied', message: 'version 1 holds Production again' })
    expect(rolled.why(2)).toBe('archived by ann: complaints; ann rolled back to version 1')
    const held = pass({ spec: plain, status: rolled.status, versions: [one, two, three], decisions: [] })
    expect(held.holders).toEqual({ Production: 1, Staging: 3 })
    expect(held.why(3)).toMatch(/^holds Staging; Production is on hold since ann decided \(complaints\)/)
    const go = sampleDecision({ action: 'Release', stage: 'Production' })
    const on = pass({ spec: plain, status: held.status, versions: [one, two, three], decisions: [go] })
    expect(on.holders).toEqual({ Production: 3 })
  })

  it('rolls back to nothing when no earlier version exists, and says so', () => {
    const back = sampleDecision({ action: 'Rollback', stage: 'Production' })
    const refused = pass({ spec: plain, versions: [good], decisions: [back] })
    expect(refused.told(back)).toMatchObject({
      outcome: 'Refused',
      message: 'Production has no version to go back to; no version that held it before still exists',
    })
  })

  it('touches only the stage that it names, because the right to decide was checked for that one', () => {
    const status = pass({ spec: plain, versions: [good] }).status
    const no = sampleDecision({ action: 'Reject', stage: 'Staging', version: 1, reason: 'no' })
    const out = sampleDecision({ action: 'Archive', stage: 'Staging', version: 1 })
    const both = pass({ spec: plain, status, versions: [good], decisions: [no, out] })
    expect(both.holders).toEqual({ Production: 1 })
    expect([no, out].map(each => both.told(each)?.message)).toEqual([
      'version 1 stands in Production: name Production instead of Staging',
      'version 1 stands in Production: name Production instead of Staging',
    ])
  })

  it('keeps automation from moving on whom a rollback put back', () => {
    const three: ModelSpec = { stages: [...plain.stages, { name: 'GNU_Production', soak: '1h', automatic: true }] }
    const [one, two] = [sampleVersion(1, 0.95), sampleVersion(2, 0.96)]
    const status = pass({ spec: three, status: pass({ spec: three, versions: [one] }).status, versions: [one, two] }).status
    const back = sampleDecision({ action: 'Rollback', stage: 'Production' })
    const rolled = pass({ spec: three, status, versions: [one, two], decisions: [back] })
    expect(pass({ spec: three, status: rolled.status, versions: [one, two], now: later(120) }).holders).toEqual({ Production: 1 })
  })

  it('archives a version, and restores it through the gates', () => {
    const out = sampleDecision({ action: 'Archive', stage: 'Production', version: 1 })
    const first = pass({ spec: plain, versions: [good] })
    const gone = pass({ spec: plain, status: first.status, versions: [good], decisions: [out] })
    expect(gone.holders).toEqual({})
    expect(gone.reason(1)).toBe('Archived')
    const back = sampleDecision({ action: 'Restore', stage: 'Production', version: 1 })
    expect(pass({ spec: plain, status: gone.status, versions: [good], decisions: [back] }).holders).toEqual({ Production: 1 })
    expect(pass({ spec: ladder(), status: gone.status, versions: [good], decisions: [back] }).told(back)).toMatchObject({
      outcome: 'Refused',
    })
  })

  it('is told where a version may go when it may not go there', () => {
    const up = sampleDecision({ action: 'Promote', stage: 'Production', version: 1 })
    const low = sampleVersion(1, 0.5)
    expect(pass({ versions: [low], decisions: [up] }).told(up)).toMatchObject({
      outcome: 'Refused',
      message: 'version 1 stands in None; from there Promote leads to: Staging',
    })
    const missing = sampleDecision({ action: 'Promote', stage: 'Production', version: 7 })
    expect(pass({ versions: [low], decisions: [missing] }).told(missing)?.message).toBe('version 7 of iris does not exist')
  })

  it('is carried out once, though the operator dies before it can say so', () => {
    const [one, two] = [sampleVersion(1, 0.95), sampleVersion(2, 0.96)]
    const before = pass({ spec: plain, status: pass({ spec: plain, versions: [one] }).status, versions: [one, two] }).status
    const back = sampleDecision({ action: 'Rollback', stage: 'Production' })
    const committed = pass({ spec: plain, status: before, versions: [one, two], decisions: [back] }).status
    const again = pass({ spec: plain, status: committed, versions: [one, two], decisions: [back] })
    expect(again.status).toEqual(committed)
    expect(again.told(back)).toMatchObject({ outcome: 'Applied' })
    const heard = { ...back, status: again.told(back) as DecisionStatus }
    const last = pass({ spec: plain, status: committed, versions: [one, two], decisions: [heard] })
    expect(last.status.answered).toEqual([])
    expect(last.told(back)).toBeUndefined()
  })
})

describe('a gate in a dry run', () => {
  it('is judged and told, and keeps no version out', () => {
    const spec: ModelSpec = {
      stages: [{ name: 'Production', automatic: true, gates: [{ metric: 'accuracy', atLeast: 0.99, dryRun: true }] }],
    }
    const through = pass({ spec, versions: [good] })
    expect(through.holders).toEqual({ Production: 1 })
    const status = through.planned.statuses?.[0]?.status as ModelVersionStatus | undefined
    expect(status?.gates).toEqual([
      { stage: 'Production', name: 'accuracy atLeast 0.99', verdict: 'Fail', message: 'accuracy 0.95 < 0.99', dryRun: true },
    ])
  })
})

describe('time', () => {
  it('holds a version below a stage until it has soaked, and looks again then', () => {
    const spec: ModelSpec = { stages: [staging, { name: 'Production', soak: '10m', automatic: true }] }
    const first = pass({ spec, versions: [good] })
    expect(first.holders).toEqual({ Staging: 1 })
    expect(first.why(1)).toBe('holds Staging; may enter Production from 2026-01-01T00:10Z on, after 10m below it')
    expect(first.planned.requeueAfter).toBe(600)
    expect(pass({ spec, status: first.status, versions: [good], now: later(10) }).holders).toEqual({ Production: 1 })
  })

  it('keeps a frozen stage closed to automation and to a promotion, not to a rollback', () => {
    const freeze = [{ cron: '0 0 * * *', duration: '12h', timeZone: 'UTC' }]
    const spec: ModelSpec = { stages: [staging, { name: 'Production', freeze, automatic: true }] }
    const frozen = pass({ spec, versions: [good], now: later(60) })
    expect(frozen.holders).toEqual({ Staging: 1 })
    expect(frozen.why(1)).toBe('holds Staging; Production is frozen until 2026-01-01T12:00Z')
    const up = sampleDecision({ action: 'Promote', stage: 'Production', version: 1 })
    expect(pass({ spec, status: frozen.status, versions: [good], decisions: [up], now: later(60) }).told(up)?.outcome).toBe('Refused')
    expect(pass({ spec, status: frozen.status, versions: [good], now: later(720) }).holders).toEqual({ Production: 1 })
  })
})
