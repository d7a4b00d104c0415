import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, settle } from '../../../test/simulated/cluster.ts'
import { gatesSay } from '../../../test/simulated/gates.ts'
import { endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import type { GateResult, ModelVersionStatus } from '../../api/modelversion.ts'

const work = (c: Cluster): void => {
  settle(c)
  startPods(c)
  runPods(c)
  endPods(c, 'success')
  settle(c)
}
const registered = (): Cluster => {
  const c = cluster()
  work(c)
  return c
}
const hear = (c: Cluster, verdict: GateResult['verdict']): Cluster => {
  gatesSay(c, verdict)
  settle(c)
  return c
}
const change = (c: Cluster, how: (status: ModelVersionStatus) => ModelVersionStatus): void => {
  c.versions = c.versions.map(version => ({ ...version, ...(version.status && { status: how(version.status) }) }))
}
const judgement = (c: Cluster, index = 0) => c.object.status?.runs?.[index]?.judgement
const ready = (c: Cluster) => c.object.status?.conditions?.find(each => each.type === 'Ready')

describe('the word of the gates on the version of a run', () => {
  it('is nothing until they have spoken', () => {
    expect(judgement(registered())).toBeUndefined()
  })

  it.each([
    ['Pass', 'Passed', 'holds Staging; accuracy 0.97 vs 0.91 of v1 on 30 rows: Better'],
    ['Fail', 'Refused', 'not in Staging: accuracy 0.78 vs 0.91 of v1 on 30 rows: Worse'],
    ['Inconclusive', 'Undecided', 'not in Staging: accuracy 0.92 vs 0.91 of v1 on 30 rows: Inconclusive'],
  ] as const)('is remembered with its numbers: %s', (said, verdict, message) => {
    const c = hear(registered(), said)
    expect(judgement(c)).toEqual({ verdict, message, at: '2026-01-01T00:00:00Z' })
    expect(ready(c)?.message).toBe(`ModelVersion iris-v1 carries the bundle of run 1: accuracy 0.967 (95% CI 0.833–0.994); ${message}`)
    expect(pass(c)).toBe(0)
  })

  it('is none when a gate could not be judged, and what was known stands', () => {
    expect(judgement(hear(registered(), 'Error'))).toBeUndefined()
    expect(judgement(hear(hear(registered(), 'Fail'), 'Error'))?.verdict).toBe('Refused')
  })

  it('is none while a Job judges, or without a Model', () => {
    const c = registered()
    gatesSay(c, 'Fail')
    change(c, status => ({ ...status, conditions: (status.conditions ?? []).map(each => ({ ...each, status: 'Unknown' as const })) }))
    settle(c)
    expect(judgement(c)).toBeUndefined()
  })

  it('is about the first stage that has gates, and not about those that are only tried', () => {
    const c = registered()
    gatesSay(c, 'Inconclusive')
    const other = { name: 'f1 atLeast 0.9', verdict: 'Fail' as const, message: 'f1 0.7 < 0.9' }
    change(c, ({ gates = [], ...status }) => ({
      ...status,
      gates: [...gates, { ...other, stage: 'Staging', dryRun: true }, { ...other, stage: 'Production' }],
    }))
    settle(c)
    expect(judgement(c)).toMatchObject({ verdict: 'Undecided', message: expect.not.stringContaining('f1') })
  })

  it('keeps its time while it stays, and gets another when it turns', () => {
    const c = hear(registered(), 'Fail')
    c.now += 60_000
    hear(c, 'Fail')
    expect(judgement(c)?.at).toBe('2026-01-01T00:00:00Z')
    hear(c, 'Pass')
    expect(judgement(c)).toMatchObject({ verdict: 'Passed', at: '2026-01-01T00:01:00Z' })
  })

  it('outlives the version, and is not changed once a newer one is registered', () => {
    const c = hear(registered(), 'Fail')
    c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': 'again' } } }
    work(c)
    hear(c, 'Pass')
    c.versions = []
    settle(c)
    expect([judgement(c, 0)?.verdict, judgement(c, 1)?.verdict]).toEqual(['Passed', 'Refused'])
  })
})
