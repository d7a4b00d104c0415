import { describe, expect, it } from 'vitest'
import { cluster, pass, restart, settle, worldOf } from '../../../test/simulated/cluster.ts'
import { endPods, runPods, startPods } from '../../../test/simulated/kubernetes.ts'
import { trainingJob } from '../../../test/simulated/trainingjob.ts'
import { plan } from './plan.ts'

const csv = { data: { source: { csv: { path: 'a.csv' } }, target: 'y' } }

describe('the plan', () => {
  it('takes five writes in the first pass, the status first, and none in the second or after a restart', () => {
    const c = cluster(trainingJob(csv))
    expect(pass(c)).toBe(5)
    expect(c.writes).toEqual([
      'status',
      'create PersistentVolumeClaim iris-data',
      'create PersistentVolumeClaim iris-artifacts',
      'create ConfigMap iris-run-1',
      'create Job iris-run-1',
    ])
    expect(pass(c)).toBe(0)
    restart(c)
    expect(pass(c)).toBe(0)
  })

  it.each([1, 2, 3, 4, 5])('ends in the same place when the operator dies after write %i', writes => {
    const [c, undisturbed] = [cluster(trainingJob(csv)), cluster(trainingJob(csv))]
    pass(c, writes)
    settle(c)
    settle(undisturbed)
    expect([...c.writes].sort()).toEqual([...undisturbed.writes].sort())
    expect(c.object.status).toEqual(undisturbed.object.status)
  })

  it('writes nothing while a pod works and says nothing new', () => {
    const c = cluster()
    settle(c)
    startPods(c)
    runPods(c)
    settle(c)
    c.now += 3_600_000
    expect(pass(c)).toBe(0)
  })

  it('looks again only while there is something to ask', () => {
    const c = cluster()
    expect(plan(worldOf(c)).requeueAfter).toBeUndefined()
    settle(c)
    startPods(c)
    runPods(c)
    expect(plan(worldOf(c)).requeueAfter).toBe(3)
    endPods(c, 'success')
    settle(c)
    expect(plan(worldOf(c)).requeueAfter).toBeUndefined()
  })

  it('touches nothing of an object that is being deleted', () => {
    const c = cluster(trainingJob({}, { deletionTimestamp: '2026-01-01T00:00:00Z' }))
    expect(plan(worldOf(c))).toMatchObject({ hold: true, apply: [] })
  })

  it('leaves claims and versions when everything owned is gone', () => {
    const c = cluster(trainingJob(csv))
    settle(c)
    startPods(c)
    endPods(c, 'success')
    settle(c)
    const unowned = [...c.claims, ...c.versions].map(each => each.metadata)
    expect(unowned).toHaveLength(3)
    for (const metadata of unowned) expect(metadata).not.toHaveProperty('ownerReferences')
    for (const { metadata } of [...c.jobs, ...c.configMaps]) expect(metadata.ownerReferences?.[0]?.uid).toBe('uid-of-iris')
  })
})
