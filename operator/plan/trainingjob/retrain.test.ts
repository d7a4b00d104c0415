import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, restart, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { gatesSay } from '../../../test/simulated/gates.ts'
import { configOf, type End, endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { GateResult } from '../../api/modelversion.ts'
import { plan } from './plan.ts'

type Change = Parameters<typeof specOf>[0]

const MINUTE = 60_000
const DAY = 86_400_000
const opted: Change = { retrain: { onGateFailure: { after: '10m', attempts: 5, trials: 4 } } }

const edit = (c: Cluster, change: Change): void => {
  const { metadata, spec } = c.object
  c.object = { ...c.object, metadata: { ...metadata, generation: metadata.generation + 1 }, spec: specOf({ ...spec, ...change }) }
}
const request = (c: Cluster, value: string): void => {
  c.object = { ...c.object, metadata: { ...c.object.metadata, annotations: { 'tidegate.io/run-requested': value } } }
}
const work = (c: Cluster, how: End = 'success'): void => {
  settle(c)
  startPods(c)
  runPods(c)
  endPods(c, how)
  settle(c)
}
const hear = (c: Cluster, verdict: GateResult['verdict']): void => {
  gatesSay(c, verdict)
  settle(c)
}
const after = (c: Cluster, milliseconds: number): void => {
  c.now += milliseconds
  settle(c)
}
/** The first run has ended, and the gates have said this of its version. */
const judged = (verdict: GateResult['verdict'], change: Change = opted): Cluster => {
  const c = cluster(trainingJob({ compute: { retries: 0 }, ...change }))
  work(c)
  hear(c, verdict)
  return c
}
/** Runs that end well, one after the other, each requested, and each refused. */
const refusedAgain = (c: Cluster, times: number): void => {
  for (let i = 0; i < times; i++) {
    request(c, `at ${c.uids}`)
    work(c)
    hear(c, 'Fail')
  }
}
const runs = (c: Cluster) => (c.object.status?.runs ?? []).map(run => `${run.number} ${run.trigger} ${run.outcome}`)
const next = (c: Cluster) => c.object.status?.retrainAt
const ineffective = (c: Cluster) => c.object.status?.conditions?.find(each => each.type === 'RetrainIneffective')
const configured = (c: Cluster, run: number) => configOf(c, `iris-run-${run}`)

describe('a gate that failed the version of the last run', () => {
  it('is followed by nothing unless it is asked for', () => {
    const c = judged('Fail', {})
    after(c, 365 * DAY)
    expect([runs(c), next(c)]).toEqual([['1 Spec Succeeded'], undefined])
  })

  it('is followed by one run when its time has come, not before, and not while that is at work', () => {
    const c = judged('Fail')
    expect(next(c)).toBe('2026-01-01T00:10:00Z')
    expect(plan(worldOf(c)).requeueAfter).toBe(600)
    after(c, 10 * MINUTE - 1)
    expect(runs(c)).toEqual(['1 Spec Succeeded'])
    after(c, 1)
    expect(runs(c)).toEqual(['2 GateFailure Running', '1 Spec Succeeded'])
    expect(c.object.status?.runs?.[0]?.attempt).toBe(1)
    after(c, DAY)
    expect(runs(c)).toHaveLength(2)
    expect(next(c)).toBeUndefined()
  })

  it('says in an event why the run begins', () => {
    const c = judged('Fail')
    c.now += 10 * MINUTE
    expect(plan(worldOf(c)).events.map(({ message }) => message)).toContain(
      'run 2 begins: a gate failed iris-v1, and a wider search follows, number 1 in a row',
    )
  })

  it.each(['Pass', 'Inconclusive', 'Error'] as const)('is not one that says %s', verdict => {
    const c = judged(verdict)
    after(c, DAY)
    expect(runs(c)).toEqual(['1 Spec Succeeded'])
  })

  it('is forgotten when the version gets in meanwhile', () => {
    const c = judged('Fail')
    hear(c, 'Pass')
    after(c, DAY)
    expect(runs(c)).toEqual(['1 Spec Succeeded'])
  })

  it('asks for another and wider search with each run in a row, and the first run for none', () => {
    const c = judged('Fail')
    expect(configured(c, 1)).not.toHaveProperty('tuning')
    after(c, 10 * MINUTE)
    expect(configured(c, 2)).toMatchObject({ tuning: { trials: 4, seed: 2 }, ranking: { by: 'f1', top: 1 } })
    work(c)
    hear(c, 'Fail')
    after(c, 10 * MINUTE)
    expect(configured(c, 3).tuning).toEqual({ trials: 8, seed: 3 })
  })

  it('is followed so often in a row and no more, until something else begins a run', () => {
    const c = judged('Fail', { retrain: { onGateFailure: { after: '10m', attempts: 2 } } })
    for (let i = 0; i < 5; i++) {
      after(c, DAY)
      work(c)
      hear(c, 'Fail')
    }
    expect(runs(c)).toEqual(['3 GateFailure Succeeded', '2 GateFailure Succeeded', '1 Spec Succeeded'])
    request(c, 'once more')
    work(c)
    hear(c, 'Fail')
    after(c, DAY)
    expect(runs(c).slice(0, 2)).toEqual(['5 GateFailure Running', '4 Request Succeeded'])
  })

  it('is followed by nothing when the run that followed broke', () => {
    const c = judged('Fail')
    after(c, 10 * MINUTE)
    work(c, 'bad data')
    after(c, DAY)
    expect(runs(c)).toEqual(['2 GateFailure Failed', '1 Spec Succeeded'])
  })

  it('waits while suspended, and gives way to a spec that asks for something else', () => {
    const c = judged('Fail')
    edit(c, { suspend: true })
    after(c, DAY)
    expect(runs(c)).toHaveLength(1)
    expect(next(c)).toBe('2026-01-01T00:10:00Z')
    edit(c, { suspend: false, data: { source: { builtin: 'wine' } } })
    settle(c)
    expect(runs(c)[0]).toBe('2 Spec Running')
  })

  it('is known from the Job when the status is lost', () => {
    const c = judged('Fail')
    after(c, 10 * MINUTE)
    const { status: _, ...lost } = c.object
    c.object = lost
    restart(c)
    settle(c)
    expect(c.object.status?.runs?.[0]).toMatchObject({ number: 2, trigger: 'GateFailure', attempt: 1 })
    expect(configured(c, 2).tuning).toEqual({ trials: 4, seed: 2 })
  })
})

describe('retrains that do not help', () => {
  it('are told from the third in a row on, with the time of the next one, which comes later and later', () => {
    const c = judged('Fail')
    const pauses: number[] = []
    for (let i = 0; i < 5; i++) {
      expect(ineffective(c) !== undefined, `after ${i} retrains`).toBe(i >= 3)
      pauses.push((Date.parse(next(c) ?? '') - c.now) / MINUTE)
      after(c, DAY)
      work(c)
      hear(c, 'Fail')
    }
    expect(pauses).toEqual([10, 10, 10, 20, 40])
    expect(ineffective(c)).toMatchObject({
      status: 'True',
      reason: 'NotBetter',
      message:
        'the versions of the last 5 retrains did not pass the gates of the first stage; none follows by itself: give it other rows or candidates, or look at the gates of the Model',
    })
  })

  it('count whatever they began for, and when a gate could not tell', () => {
    const c = judged('Inconclusive', {})
    for (const verdict of ['Fail', 'Inconclusive', 'Fail'] as const) {
      request(c, `at ${c.uids}`)
      work(c)
      hear(c, verdict)
    }
    expect(ineffective(c)?.message).toContain('the last 3 retrains')
  })

  it('do not count runs that broke or that nobody could judge', () => {
    const c = judged('Fail', {})
    refusedAgain(c, 2)
    request(c, 'one that breaks')
    work(c, 'bad data')
    request(c, 'one that is not judged')
    work(c)
    hear(c, 'Error')
    expect(ineffective(c)).toBeUndefined()
    refusedAgain(c, 1)
    expect(ineffective(c)?.message).toContain('the last 3 retrains')
  })

  it('hold back neither a request nor a schedule', () => {
    const c = judged('Fail', { ...opted, schedule: { every: '1h' } })
    refusedAgain(c, 4)
    expect(Date.parse(next(c) ?? '') - c.now).toBe(40 * MINUTE)
    request(c, 'now')
    settle(c)
    expect(runs(c)[0]).toBe('6 Request Running')
    work(c)
    hear(c, 'Fail')
    expect(ineffective(c)?.message).toMatch(/a wider search follows at \S+, number 1 in a row, and the schedule is due at \S+$/)
    after(c, 60 * MINUTE)
    expect(runs(c)[0]).toBe('7 Schedule Running')
    expect(ineffective(c)?.message).toContain('run 7 is on its way')
  })

  it('are forgotten with one version that passes, and with another computation', () => {
    const c = judged('Fail')
    refusedAgain(c, 3)
    request(c, 'the good one')
    work(c)
    hear(c, 'Pass')
    expect(ineffective(c)).toBeUndefined()
    const other = judged('Fail')
    refusedAgain(other, 3)
    edit(other, { candidates: [{ algorithm: 'randomForest' }] })
    work(other)
    hear(other, 'Fail')
    expect(ineffective(other)).toBeUndefined()
    expect(Date.parse(next(other) ?? '') - other.now).toBe(10 * MINUTE)
  })

  it('are told in one event, and then rest', () => {
    const c = judged('Fail', {})
    refusedAgain(c, 2)
    request(c, 'the third')
    work(c)
    gatesSay(c, 'Fail')
    const told = (now: Cluster) => plan(worldOf(now)).events.filter(({ reason }) => reason === 'NotBetter')
    expect(told(c)).toMatchObject([{ type: 'Warning' }])
    settle(c)
    expect(told(c)).toEqual([])
    expect(pass(c)).toBe(0)
  })
})
