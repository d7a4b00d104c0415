import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, restart, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { collect, endPods, forgetJobs, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { specOf, success, trainingJob } from '../../../test/simulated/trainingjob.ts'
import { trainerConfig } from './configmap.ts'
import { plan } from './plan.ts'

type Change = Parameters<typeof trainingJob>[0]

const validation: Change = { stopAfter: 'Validation' }
const onClaim = { source: { csv: { path: 'a.csv' } }, target: 'y' }

const working = (change: Change = {}): Cluster => {
  const c = cluster(trainingJob({ ...validation, ...change }))
  settle(c)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}

/** Its last words are those of a trainer that stopped after the checks, unless said otherwise. */
const checked = (c: Cluster, change: object = { artifact: undefined, metrics: undefined, algorithm: undefined }): Cluster => {
  endPods(c, 'success')
  const end = c.pods[0]?.status?.containerStatuses?.[0]?.state?.terminated
  if (end) end.message = success(c.jobs[0]?.metadata.uid ?? '', change)
  settle(c)
  return c
}

const say = (c: Cluster, type: string): string => {
  const condition = c.object.status?.conditions?.find(each => each.type === type)
  return condition ? `${condition.status} ${condition.reason}: ${condition.message}` : 'absent'
}

const volumes = ({ jobs: [job] }: Cluster): string[] => {
  const { template } = (job?.spec ?? {}) as { template?: { spec: { volumes: { name: string }[] } } }
  return template?.spec.volumes.map(({ name }) => name) ?? []
}

describe('a run that ends with the checks', () => {
  it('is told to, makes no claim for bundles, and mounts none', () => {
    const c = working({ data: onClaim })
    expect(trainerConfig(c.object, { number: 1 })).toMatchObject({ stopAfter: 'Validation' })
    expect(c.claims.map(({ metadata }) => metadata.name)).toEqual(['iris-data'])
    expect(volumes(c)).toEqual(['tmp', 'config', 'data'])
  })

  it('reads rows that lie on the claim of the bundles', () => {
    const c = working({ data: onClaim, storage: { data: { claim: 'both' }, artifacts: { claim: 'both' } } })
    expect(volumes(c)).toEqual(['tmp', 'config', 'data'])
  })

  it('is ready when the rows are good, and registers nothing', () => {
    const c = checked(working())
    const sentence = 'run 1 checked the rows and trained nothing: 150 rows from built-in data set iris: 120 to train on, 30 to test on'
    expect(say(c, 'Ready')).toBe(`True DataChecked: ${sentence}`)
    expect(say(c, 'DataValid')).toBe('True DataChecked: 150 rows from built-in data set iris: 120 to train on, 30 to test on')
    expect(say(c, 'Trained')).toBe(`Unknown NotYet: ${sentence}`)
    expect(say(c, 'Registered')).toBe(`Unknown NotYet: ${sentence}`)
    expect(say(c, 'Stalled')).toBe('absent')
    expect(c.versions).toEqual([])
    expect(c.object.status?.dataReport).toMatchObject({ rows: 150, testRows: 30 })
    expect(c.object.status?.runs?.[0]).toMatchObject({ outcome: 'Succeeded', dataDigest: `sha256:${'b'.repeat(64)}` })
  })

  it('tells its end once, as an event', () => {
    const c = working()
    endPods(c, 'success')
    const end = c.pods[0]?.status?.containerStatuses?.[0]?.state?.terminated
    if (end) end.message = success('', { artifact: undefined, metrics: undefined })
    expect(plan(worldOf(c)).events).toEqual([expect.objectContaining({ type: 'Normal', reason: 'DataChecked' })])
    settle(c)
    expect(plan(worldOf(c)).events).toEqual([])
  })

  it('is over: nothing follows when its Job is forgotten or the operator starts anew', () => {
    const c = checked(working())
    forgetJobs(c)
    collect(c)
    restart(c)
    settle(c)
    expect(c.object.status?.runs).toHaveLength(1)
    expect(c.jobs).toEqual([])
  })

  it('is refused like any run', () => {
    const c = working()
    endPods(c, 'bad data')
    settle(c)
    expect(say(c, 'DataValid')).toContain('False DataInvalid')
    expect(say(c, 'Stalled')).toContain('True DataInvalid')
  })

  it.each([
    [
      'counts no rows',
      { artifact: undefined, metrics: undefined, data: { source: 'primary', described: 'a' } },
      'data.testRows is missing',
    ],
    ['says nothing of rows', { artifact: undefined, metrics: undefined, data: undefined }, 'data.testRows is missing'],
  ])('is not believed when it %s', (_, change, lacking) => {
    expect(say(checked(working(), change), 'Ready')).toContain(`its summary cannot be used (${lacking})`)
  })

  it('leaves the bundle alone that its pod claims to have left, and the size of a claim that it does not have', () => {
    const c = checked(working(), { storage: { sizeBytes: 1000, freeBytes: 1 } })
    expect(c.object.status?.runs?.[0]).not.toHaveProperty('artifact')
    expect(c.object.status).not.toHaveProperty('storage')
    expect(c.versions).toEqual([])
  })
})

describe('another word for it', () => {
  it('is a run that trains, once stopAfter is taken away', () => {
    const c = checked(working())
    c.object = { ...c.object, spec: specOf({}) }
    settle(c)
    startPods(c)
    endPods(c, 'success')
    settle(c)
    expect(say(c, 'Ready')).toContain('True Registered: ModelVersion iris-v1')
    expect(c.object.status?.runs?.map(({ outcome }) => outcome)).toEqual(['Succeeded', 'Succeeded'])
  })

  it('keeps the version and the metrics of the run before, when rows are only checked afterwards', () => {
    const c = cluster()
    settle(c)
    startPods(c)
    endPods(c, 'success')
    settle(c)
    const { metrics } = c.object.status ?? {}
    c.object = { ...c.object, spec: specOf(validation) }
    c.jobs = []
    c.pods = []
    settle(c)
    startPods(c)
    checked(c)
    expect(c.object.status).toMatchObject({ version: 'iris-v1', metrics })
    expect(say(c, 'Ready')).toContain('True DataChecked: run 2 checked the rows')
  })

  it('does not make a training that leaves no bundle a good one', () => {
    const c = cluster()
    settle(c)
    startPods(c)
    checked(c)
    expect(say(c, 'Ready')).toContain('artifact is missing')
  })
})
