import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, pass, settle } from '../../../test/simulated/cluster.ts'
import { collect, type End, endPods, passDeadline, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { failure, success, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { Run } from '../../api/run.ts'
import type { Pod } from '../observed.ts'

const working = (change: Parameters<typeof trainingJob>[0] = { compute: { retries: 0 } }): Cluster => {
  const c = cluster(trainingJob(change))
  settle(c)
  startPods(c)
  runPods(c)
  settle(c)
  return c
}

const lastRun = (c: Cluster): Run | undefined => c.object.status?.runs?.[0]

const after = (how: End): Cluster => {
  const c = working()
  endPods(c, how)
  settle(c)
  return c
}

const trainerOf = (pod: Pod | undefined) => pod?.status?.containerStatuses?.[0]?.state?.terminated

/** The pod ends with other last words than usual. */
const saying = (message: (uid: string) => string, how: End = 'success'): Cluster => {
  const c = working()
  endPods(c, how)
  const end = trainerOf(c.pods[0])
  if (end) end.message = message(c.jobs[0]?.metadata.uid ?? '')
  settle(c)
  return c
}

describe('a run that ended well', () => {
  it('leaves artifact, metrics and a report', () => {
    const c = after('success')
    const uid = c.jobs[0]?.metadata.uid
    expect(lastRun(c)).toMatchObject({
      outcome: 'Succeeded',
      jobUid: uid,
      artifact: { claim: 'iris-artifacts', path: `iris/${uid}`, sizeBytes: 12_345 },
    })
    expect(c.object.status).toMatchObject({ metrics: [{ name: 'accuracy' }, { name: 'f1' }], dataReport: { rows: 150 } })
    expect(c.object.status?.progress).toEqual({ percent: 100, stage: 'Done' })
  })

  it('keeps under which id the tracking server has it, and hands that on to the version', () => {
    const c = saying(uid => success(uid, { mlflowRunId: 'a'.repeat(32) }))
    expect(lastRun(c)?.mlflowRunId).toBe('a'.repeat(32))
    expect(c.versions[0]?.spec.source?.mlflowRunId).toBe('a'.repeat(32))
  })

  it('names the claim that its pod wrote to, not the one of the spec by now', () => {
    const c = working()
    c.object.spec.storage.artifacts = { claim: 'elsewhere' }
    endPods(c, 'success')
    settle(c)
    expect(lastRun(c)?.artifact?.claim).toBe('iris-artifacts')
  })

  it('is waited for while its pod lags behind its Job, and lost when no pod comes', () => {
    const c = working()
    endPods(c, 'success')
    const pods = c.pods
    c.pods = []
    c.now += 29_000
    settle(c)
    expect(lastRun(c)?.outcome).toBe('Running')
    const late = structuredClone(c)
    late.pods = pods
    settle(late)
    expect(lastRun(late)?.outcome).toBe('Succeeded')
    c.now += 2000
    settle(c)
    expect(lastRun(c)).toMatchObject({ outcome: 'Failed', reason: 'ResultLost' })
  })

  it('is known by its version when the status was lost with everything else', () => {
    const c = after('success')
    const { runs } = c.object.status ?? {}
    c.object = { ...c.object, status: { runs: [{ ...(runs?.[0] as Run), outcome: 'Running', artifact: undefined, version: undefined }] } }
    c.jobs = []
    c.pods = []
    settle(c)
    expect(lastRun(c)).toMatchObject({ outcome: 'Succeeded', version: 'iris-v1', artifact: { claim: 'iris-artifacts' } })
    expect(c.jobs).toEqual([])
  })
})

describe('a run that failed', () => {
  it('shows no progress and no time left, whether or not anybody asked its trainer just before the end', () => {
    const c = working()
    c.progress = { contract: 1, stage: 'Training', percent: 40, etaSeconds: 60 }
    settle(c)
    expect(c.object.status?.progress).toEqual({ stage: 'Training', percent: 40, etaSeconds: 60 })
    endPods(c, 'bad data')
    settle(c)
    expect(lastRun(c)?.outcome).toBe('Failed')
    expect(c.object.status?.progress).toBeUndefined()
  })
})

describe('last words that cannot be believed', () => {
  it.each([
    ['nothing', () => ''],
    ['text that is not JSON', () => 'Traceback (most recent call last)'],
    ['a text that is too long', (uid: string) => success(uid).padEnd(4001)],
    ['another contract', (uid: string) => success(uid, { contract: 2 })],
    ['no artifact', (uid: string) => success(uid, { artifact: undefined })],
    ['no metrics', (uid: string) => success(uid, { metrics: [] })],
    [
      'one metric twice',
      (uid: string) =>
        success(uid, {
          metrics: [
            { name: 'f1', value: 1 },
            { name: 'f1', value: 1 },
          ],
        }),
    ],
    ['no test rows', (uid: string) => success(uid, { data: { source: 'primary', described: 'x' } })],
    ['the folder of another Job', () => success('another')],
    ['a folder outside', (uid: string) => success(`../${uid}`)],
    ['a failure from a pod that ended well', () => failure('DataMissing', 'no')],
  ])('%s', (_what, message) => {
    const c = saying(message)
    expect(lastRun(c)).toMatchObject({ outcome: 'Failed', reason: 'TrainingFailed' })
    expect(c.versions).toEqual([])
    expect(c.object.status?.metrics).toBeUndefined()
  })

  it('unknown fields are dropped', () => {
    const c = saying(uid => success(uid, { surprise: { deep: true } }))
    expect(lastRun(c)?.outcome).toBe('Succeeded')
    expect(JSON.stringify(c.object.status)).not.toContain('surprise')
  })
})

describe('a run that failed', () => {
  it.each([
    ['bad data', 'DataInvalid', 'row 7: petal_length is "x", a number is needed'],
    ['crash', 'TrainingFailed', 'it broke'],
    ['out of memory', 'OutOfMemory', 'more than its memory limit of 2Gi'],
  ] as const)('by %s says so', (how, reason, words) => {
    const c = after(how)
    expect(lastRun(c)).toMatchObject({ outcome: 'Failed', reason, message: expect.stringContaining(words) })
  })

  it('by its deadline says what kept it from running', () => {
    const c = working({ compute: { deadline: '10m' } })
    const [pod] = c.pods
    if (pod) pod.status = { phase: 'Pending', containerStatuses: [{ name: 'trainer', state: { waiting: { reason: 'ErrImagePull' } } }] }
    settle(c)
    passDeadline(c)
    settle(c)
    const { reason, message } = lastRun(c) ?? {}
    expect(reason).toBe('DeadlineExceeded')
    expect(message).toContain('compute.deadline (10m)')
    expect(message).toContain('cannot be pulled')
  })

  it('because it was evicted does not blame the trainer that was told to stop', () => {
    const c = saying(() => failure('TrainingFailed', 'stopped by SIGTERM'), 'crash')
    expect(lastRun(c)?.reason).toBe('TrainingFailed')
    const evicted = working()
    endPods(evicted, 'crash')
    const [pod] = evicted.pods
    if (pod?.status) pod.status = { ...pod.status, reason: 'Evicted', message: 'The node was low on resource: memory.' }
    settle(evicted)
    expect(lastRun(evicted)?.reason).toBe('Evicted')
  })

  it('without pods says what the Job says', () => {
    const c = working()
    endPods(c, 'crash')
    c.pods = []
    pass(c)
    expect(lastRun(c)?.outcome).toBe('Running')
    c.now += 11_000
    settle(c)
    expect(lastRun(c)).toMatchObject({ reason: 'TrainingFailed', message: 'the Job failed: BackoffLimitExceeded' })
  })

  it('keeps the report of its rows', () => {
    const data = { source: 'primary', described: 'claim a', rows: 12 }
    const c = saying(
      () => JSON.stringify({ contract: 1, outcome: 'Failed', reason: 'ChecksRefused', message: 'too few', data }),
      'bad data',
    )
    expect(c.object.status?.dataReport).toEqual(data)
  })
})

describe('what a run measured of its claim', () => {
  const healthy = (c: Cluster) => c.object.status?.conditions?.find(({ type }) => type === 'StorageHealthy')
  const storage = { sizeBytes: 1000, freeBytes: 100 }

  it('stands in the status, with the claim that its pod wrote to', () => {
    const c = saying(uid => success(uid, { storage: { ...storage, freeBytes: 900 } }))
    expect(c.object.status?.storage).toEqual({ claim: 'iris-artifacts', sizeBytes: 1000, freeBytes: 900, at: lastRun(c)?.finishedAt })
    expect(healthy(c)).toMatchObject({ status: 'True', reason: 'RoomLeft' })
  })

  it('is heard when the run fails, too, and says nothing of whether the last run is registered', () => {
    const c = saying(
      () => JSON.stringify({ contract: 1, outcome: 'Failed', reason: 'StorageFailed', message: 'no room', storage }),
      'bad data',
    )
    expect(healthy(c)).toMatchObject({ status: 'False', reason: 'NearlyFull' })
    const full = saying(uid => success(uid, { storage }))
    expect(full.object.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
  })

  it('is absent when no run has measured it', () => {
    expect(healthy(after('success'))).toBeUndefined()
  })
})

describe('an end that was harvested', () => {
  it.each(['success', 'bad data', 'out of memory'] as const)('stays when Job, pods and ConfigMap go (%s)', how => {
    const c = after(how)
    const status = structuredClone(c.object.status)
    c.jobs = []
    c.configMaps = []
    collect(c)
    expect(pass(c)).toBe(0)
    expect(c.object.status).toEqual(status)
  })
})
