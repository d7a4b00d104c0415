import { describe, expect, it } from 'vitest'
import { type Cluster, cluster, settle } from '../../../test/simulated/cluster.ts'
import { runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { failure, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { Pod } from '../observed.ts'

/** The pod has ended, and the Job does not count it yet. */
const said = (retries: number, status: Pod['status']): string | undefined => {
  const c: Cluster = cluster(trainingJob({ compute: { retries } }))
  settle(c)
  startPods(c)
  runPods(c)
  const [pod] = c.pods
  if (pod) pod.status = { phase: 'Failed', ...status }
  settle(c)
  return c.object.status?.conditions?.[0]?.message
}
const crashed = { containerStatuses: [{ name: 'trainer', state: { terminated: { exitCode: 1, reason: 'Error' } } }] }
const drained = { conditions: [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'evicting' }] }

describe('a pod that failed, before its Job says so', () => {
  it('names the attempt that follows', () => {
    expect(said(2, crashed)).toContain('attempt 2 of 3 follows')
  })

  it('says that none is left', () => {
    expect(said(0, crashed)).toContain('no attempt is left')
  })

  it('promises nothing after bad data, which is never tried again', () => {
    const message = failure('DataInvalid', 'rows.csv is empty')
    const status = { containerStatuses: [{ name: 'trainer', state: { terminated: { exitCode: 42, reason: 'Error', message } } }] }
    expect(said(2, status)).toBe('rows.csv is empty')
  })

  it('costs no attempt when the node was drained', () => {
    expect(said(0, drained)).toContain('attempt 1 of 1 follows')
  })
})

describe('a run that is stopped at its deadline', () => {
  const stopping = (before: Pod['status']): Cluster => {
    const c: Cluster = cluster(trainingJob({ compute: { deadline: '10m' } }))
    settle(c)
    startPods(c)
    runPods(c)
    settle(c)
    const [pod] = c.pods
    if (pod) pod.status = before
    settle(c)
    const [job] = c.jobs
    if (job) job.status = { ...job.status, conditions: [{ type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded' }] }
    settle(c)
    return c
  }
  const ready = (c: Cluster) => c.object.status?.conditions?.[0]

  it('says so while its pod still ends', () => {
    const c = stopping({ phase: 'Running' })
    expect(ready(c)).toMatchObject({ status: 'False', reason: 'DeadlineExceeded' })
    expect(ready(c)?.message).toBe('run 1 took longer than compute.deadline (10m): remove the cause or raise compute.deadline')
  })

  it('keeps what troubled it before', () => {
    const unscheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '1 Insufficient cpu.' }
    const c = stopping({ phase: 'Pending', conditions: [unscheduled] })
    const said = ready(c)?.message
    expect(said).toMatch(/deadline \(10m\); before: no node takes the pod: 1 Insufficient cpu/)
    settle(c)
    expect(ready(c)?.message).toBe(said)
  })
})
