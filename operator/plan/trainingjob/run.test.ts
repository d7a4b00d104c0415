import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, restart, settle } from '../../../test/simulated/cluster.ts'
import { collect, type End, endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf, trainingJob } from '../../../test/simulated/trainingjob.ts'

type Change = Parameters<typeof specOf>[0]

const edit = (c: Cluster, change: Change): void => {
  c.object = { ...c.object, spec: specOf(change) }
}
const request = (c: Cluster, value: string | undefined): void => {
  const annotations: Record<string, string> = value === undefined ? {} : { 'tidegate.io/run-requested': value }
  c.object = { ...c.object, metadata: { ...c.object.metadata, annotations } }
}
const start = (change: Change = {}): Cluster => {
  const c = cluster(trainingJob(change))
  settle(c)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}
const done = (how: End = 'success'): Cluster => {
  const c = start({ compute: { retries: 0 } })
  endPods(c, how)
  settle(c)
  return c
}
const numbers = (c: Cluster) => (c.object.status?.runs ?? []).map(run => `${run.number} ${run.outcome}`)
const jobs = (c: Cluster) => c.jobs.map(job => `${job.metadata.name}${job.spec?.suspend ? ' suspended' : ''}`)
const other: Change = { data: { source: { builtin: 'iris' }, split: { seed: 7 } } }

describe('a run', () => {
  it('begins at once, and is the only one', () => {
    const c = start()
    expect(numbers(c)).toEqual(['1 Running'])
    expect(jobs(c)).toEqual(['iris-run-1'])
  })

  it.each(['success', 'bad data', 'crash'] as const)('that ended (%s) is never run again', how => {
    const c = done(how)
    for (const _ of [1, 2, 3]) {
      c.now += 86_400_000
      c.jobs = []
      c.configMaps = []
      c.pods = []
      restart(c)
      expect(pass(c)).toBe(0)
    }
    expect(numbers(c)).toHaveLength(1)
  })

  it('whose Job somebody deleted gets another one under the same number, once its pods are gone', () => {
    const c = start()
    const uid = c.jobs[0]?.metadata.uid
    c.jobs = []
    settle(c)
    expect(jobs(c)).toEqual([])
    expect(c.object.status?.conditions?.[0]?.message).toBe('run 1 begins when the pods of the run before are gone')
    collect(c)
    settle(c)
    expect(jobs(c)).toEqual(['iris-run-1'])
    expect(c.jobs[0]?.metadata.uid).not.toBe(uid)
    expect(numbers(c)).toEqual(['1 Running'])
  })

  it('is known by its Job when the status was lost', () => {
    const c = start()
    c.object = { ...c.object, status: undefined }
    settle(c)
    expect(numbers(c)).toEqual(['1 Running'])
    expect(jobs(c)).toEqual(['iris-run-1'])
  })

  it('never takes a number that anything still bears', () => {
    const c = done()
    c.object = { ...c.object, status: undefined }
    c.jobs = []
    settle(c)
    expect(numbers(c)).toEqual(['2 Running'])
  })
})

describe('another run', () => {
  it('begins when the computation changes, and not when anything else does', () => {
    const c = done()
    edit(c, { compute: { retries: 0, deadline: '5h', resources: {} } })
    settle(c)
    expect(numbers(c)).toEqual(['1 Succeeded'])
    edit(c, other)
    settle(c)
    expect(numbers(c)).toEqual(['2 Running', '1 Succeeded'])
    expect(jobs(c)).toEqual(['iris-run-1', 'iris-run-2'])
  })

  it('takes the place of one at work, which is stopped first', () => {
    const c = start()
    edit(c, other)
    pass(c)
    expect(jobs(c)).toEqual([])
    settle(c)
    expect(jobs(c)).toEqual([])
    collect(c)
    settle(c)
    expect(jobs(c)).toEqual(['iris-run-2'])
    expect(numbers(c)).toEqual(['2 Running', '1 Failed'])
    expect(c.object.status?.runs?.[1]).toMatchObject({ reason: 'Superseded' })
  })

  it('begins when the spec returns to what was given up before it could end', () => {
    const c = start()
    edit(c, { ...other, suspend: true })
    settle(c)
    edit(c, {})
    collect(c)
    settle(c)
    expect(numbers(c)).toEqual(['2 Running', '1 Failed'])
  })

  it('begins once for each new request, and never for an old one', () => {
    const c = done()
    request(c, 'a')
    settle(c)
    expect(numbers(c)).toEqual(['2 Running', '1 Succeeded'])
    startPods(c)
    runPods(c)
    request(c, 'b')
    settle(c)
    expect(numbers(c), 'the run at work goes on').toEqual(['2 Running', '1 Succeeded'])
    endPods(c, 'success')
    settle(c)
    expect(numbers(c)).toEqual(['3 Running', '2 Succeeded', '1 Succeeded'])
    startPods(c)
    runPods(c)
    endPods(c, 'success')
    for (const value of [undefined, 'b', '', 'b']) {
      request(c, value)
      settle(c)
    }
    expect(numbers(c)[0]).toBe('3 Succeeded')
  })

  it('does not begin for a request that was answered before the computation changed', () => {
    const c = done()
    const run = () => {
      settle(c)
      startPods(c)
      runPods(c)
      endPods(c, 'success')
      settle(c)
    }
    request(c, 'a')
    run()
    request(c, undefined)
    edit(c, other)
    run()
    request(c, 'a')
    run()
    expect(numbers(c)[0]).toBe('3 Succeeded')
  })

  it('begins once for a request that is longer than the status can hold', () => {
    const c = done()
    request(c, 'x'.repeat(1000))
    settle(c)
    startPods(c)
    runPods(c)
    endPods(c, 'success')
    settle(c)
    expect(numbers(c)[0]).toBe('2 Succeeded')
  })

  it('does not begin before the success before it is registered', () => {
    const c = start()
    c.refused = ['ModelVersion']
    endPods(c, 'success')
    edit(c, other)
    settle(c)
    expect(numbers(c)).toEqual(['1 Succeeded'])
    c.refused = []
    settle(c)
    expect(numbers(c)).toEqual(['2 Running', '1 Succeeded'])
    expect(c.object.status?.runs?.[1]?.version).toBe('iris-v1')
  })

  it('leaves at most 20 behind', () => {
    const c = done()
    for (let i = 0; i < 25; i++) {
      request(c, `${i}`)
      settle(c)
      startPods(c)
      runPods(c)
      endPods(c, 'success')
      settle(c)
    }
    expect(numbers(c)).toHaveLength(20)
    expect(numbers(c)[0]).toBe('26 Succeeded')
  })
})

describe('suspension', () => {
  it('keeps a run from beginning, and makes the claims so that data can be loaded', () => {
    const c = start({ suspend: true })
    expect(numbers(c)).toEqual([])
    expect(c.claims.map(claim => claim.metadata.name)).toEqual(['iris-artifacts'])
    expect(jobs(c)).toEqual([])
  })

  it('stops a run at work, which starts over under the same number', () => {
    const c = start()
    c.progress = { contract: 1, stage: 'Training', percent: 60 }
    settle(c)
    edit(c, { suspend: true })
    settle(c)
    startPods(c)
    expect(jobs(c)).toEqual(['iris-run-1 suspended'])
    expect(c.pods).toEqual([])
    expect(c.object.status?.progress).toBeUndefined()
    edit(c, {})
    settle(c)
    expect(jobs(c)).toEqual(['iris-run-1'])
    expect(numbers(c)).toEqual(['1 Running'])
  })

  it('stays as it is when Job, pods and ConfigMap go, and goes on afterwards', () => {
    const c = start()
    edit(c, { suspend: true })
    settle(c)
    const status = structuredClone(c.object.status)
    c.jobs = []
    c.configMaps = []
    collect(c)
    restart(c)
    settle(c)
    expect(c.object.status).toEqual(status)
    expect(jobs(c)).toEqual([])
    edit(c, {})
    settle(c)
    expect(jobs(c)).toEqual(['iris-run-1'])
  })

  it('means nothing to a run that ended', () => {
    const c = done()
    const ready = c.object.status?.conditions?.[0]
    edit(c, { suspend: true, compute: { retries: 0 } })
    settle(c)
    expect(c.object.status?.conditions?.[0]).toEqual(ready)
  })
})

describe('a spec that cannot be run', () => {
  const impossible: Change = { candidates: [{ algorithm: 'logisticRegression', parameters: { max_itr: 1 } }] }

  it('starts nothing and makes nothing', () => {
    const c = start(impossible)
    expect([numbers(c), jobs(c), c.claims, c.configMaps]).toEqual([[], [], [], []])
  })

  it('does not disturb the run at work, nor its configuration', () => {
    const c = start()
    const [config] = structuredClone(c.configMaps)
    edit(c, impossible)
    settle(c)
    expect(jobs(c)).toEqual(['iris-run-1'])
    expect(c.configMaps).toEqual([config])
    endPods(c, 'success')
    settle(c)
    expect(numbers(c)).toEqual(['1 Succeeded'])
    expect(c.versions).toHaveLength(1)
  })
})
