import { describe, expect, it } from 'vitest'
import { cluster, worldOf } from '../../../test/simulated/cluster.ts'
import { settings, trainingJob } from '../../../test/simulated/trainingjob.ts'
import type { Run } from '../../api/run.ts'
import type { Job } from '../observed.ts'
import { existingJob, newJob } from './job.ts'

const run: Run = { number: 1, specDigest: 'sha256:x', startedAt: '2026-01-01T00:00:00Z', outcome: 'Running' }
type Change = Parameters<typeof trainingJob>[0]
const world = (change: Change = {}) => worldOf(cluster(trainingJob(change)))

interface Template {
  spec: {
    containers: [
      { image: string; volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[]; resources: object; env: object[] },
    ]
    volumes: { name: string; persistentVolumeClaim?: { claimName: string } }[]
  }
}
const specOfNew = (change: Change = {}) => newJob(world(change), run).object['spec'] as Record<string, unknown> & { template: Template }
const claimsOf = (change: Change) =>
  specOfNew(change).template.spec.volumes.flatMap(({ persistentVolumeClaim: claim }) => (claim ? [claim.claimName] : []))
const mountsOf = (change: Change) => specOfNew(change).template.spec.containers[0].volumeMounts
const csv = (more: object = {}) => ({ data: { source: { csv: { path: 'a.csv', ...more } }, target: 'y' } })

describe('a new Job', () => {
  it('tries again as often as asked, but never after bad input, and does not count disruptions', () => {
    expect(specOfNew({ compute: { retries: 5, deadline: '10m' } })).toMatchObject({
      backoffLimit: 5,
      activeDeadlineSeconds: 600,
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
          { action: 'FailJob', onExitCodes: { containerName: 'trainer', values: [42, 43] } },
        ],
      },
    })
  })

  it('is not forgotten before its end is known', () => {
    expect(specOfNew()).not.toHaveProperty('ttlSecondsAfterFinished')
  })

  it('has a pod that may do as little as possible', () => {
    expect(specOfNew().template.spec).toMatchObject({
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    })
  })

  it('tells the pod the uid of its Job', () => {
    expect(specOfNew().template.spec.containers[0].env).toContainEqual({
      name: 'TIDEGATE_JOB_UID',
      valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: "metadata.labels['batch.kubernetes.io/controller-uid']" } },
    })
  })

  it('takes image and resources of the spec, or those of the operator', () => {
    expect(specOfNew().template.spec.containers[0]).toMatchObject({
      image: settings.trainerImage,
      resources: { limits: { memory: '2Gi' } },
    })
    const own = specOfNew({ compute: { image: 'acme/t:1', resources: { limits: { memory: '8Gi' } } } }).template.spec.containers[0]
    expect(own).toMatchObject({ image: 'acme/t:1' })
    expect(own.resources).toEqual({ limits: { memory: '8Gi' } })
  })

  it('mounts the rows read-only and the artifacts for writing', () => {
    expect(claimsOf(csv())).toEqual(['iris-artifacts', 'iris-data'])
    expect(claimsOf(csv({ claim: 'mine' }))).toEqual(['iris-artifacts', 'mine'])
    expect(mountsOf(csv())).toEqual(
      expect.arrayContaining([
        { name: 'data', mountPath: '/data', readOnly: true },
        { name: 'artifacts', mountPath: '/artifacts' },
      ]),
    )
    expect(claimsOf({})).toEqual(['iris-artifacts'])
  })

  it('has one volume when rows and artifacts are on one claim', () => {
    const shared = { ...csv({ claim: 'one' }), storage: { artifacts: { claim: 'one' } } }
    expect(claimsOf(shared)).toEqual(['one'])
    expect(mountsOf(shared)).toContainEqual({ name: 'artifacts', mountPath: '/data', readOnly: true })
  })

  it('does not hang when the ConfigMap with the rows is missing', () => {
    const { volumes } = specOfNew({ data: { source: { configMap: { name: 'rows', key: 'a.csv' } }, target: 'y' } }).template.spec
    expect(volumes).toContainEqual({ name: 'configmap-data', configMap: { name: 'rows', optional: true } })
  })
})

describe('a Job that exists', () => {
  const live = (change: Change = {}, status: Job['status'] = {}): Job => {
    const { object } = newJob(world(change), run)
    return { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '9' }, status } as Job
  }
  const ended: Job['status'] = { conditions: [{ type: 'Complete', status: 'True' }] }
  const after = (change: Change, job: Job, stored: Run = run) => {
    const w = world(change)
    return existingJob({ ...w, object: { ...w.object, status: { runs: [stored] } } }, run, job)
  }

  it('is left alone, whatever would be planned today', () => {
    const job = live()
    expect(after({ compute: { resources: { limits: { memory: '8Gi' } } }, model: 'other' }, job)).toEqual({ mode: 'keep', object: job })
  })

  it.each([
    ['suspended', { suspend: true }, { suspend: true }],
    ['given more time', { compute: { deadline: '2h' } }, { activeDeadlineSeconds: 7200 }],
    ['given more attempts', { compute: { retries: 9 } }, { backoffLimit: 9 }],
  ])('is %s without a change of its template', (_how, change, expected) => {
    const job = live()
    const child = after(change, job)
    expect(child.mode).toBeUndefined()
    expect(child.object['spec']).toEqual({ ...(job.spec as object), ...expected })
    expect(child.object.metadata).not.toHaveProperty('uid')
  })

  it('is forgotten an hour after its end, once that is stored', () => {
    const job = live({}, ended)
    expect(after({}, job).mode).toBe('keep')
    expect(after({ suspend: true }, job).mode).toBe('keep')
    const known = after({}, job, { ...run, outcome: 'Failed' })
    expect(known.object['spec']).toMatchObject({ ttlSecondsAfterFinished: 3600 })
    expect(after({}, { ...job, spec: known.object['spec'] as Job['spec'] }, { ...run, outcome: 'Failed' }).mode).toBe('keep')
  })
})
