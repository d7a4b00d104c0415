import { describe, expect, it } from 'vitest'
import type { Autoscaler, Deployment } from '../observed.ts'
import {
  claim,
  condition,
  healthy,
  live,
  meta,
  model,
  modelVersion,
  names,
  pod,
  rolling,
  selected,
  service,
  stable,
  world,
} from './example.ts'
import { plan } from './plan.ts'

const unheard = new Map([['uid-new', 'no answer within 2000 ms']])

describe('an InferenceService', () => {
  it('without a Model creates nothing and says what is missing', () => {
    const planned = plan(world())
    expect(planned).toMatchObject({ apply: [], hold: true })
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'False', reason: 'NoVersion' })
    expect(condition(planned, 'Ready')?.message).toContain('no Model named iris exists')
  })

  it('sets up the first version with all its children at once', () => {
    const planned = plan(world({ model: model({ Production: 1 }) }))
    expect(names(planned)).toEqual([
      'Deployment/iris-v1',
      'Service/iris-v1',
      'HorizontalPodAutoscaler/iris-v1',
      'Service/iris',
      'PodDisruptionBudget/iris',
      'NetworkPolicy/iris',
      'Ingress/iris',
    ])
    expect(selected(planned)).toBe('1')
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'Unknown', reason: 'Starting', observedGeneration: 1 })
  })

  it('has no news to write while the first pod is on its way', () => {
    const first = plan(world({ model: model({ Production: 1 }) }))
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: meta('iris') }
    const born = { services: [stable(1)], deployments: [live(1)], ingress }
    expect(plan(world({ model: model({ Production: 1 }), ...born })).status).toEqual(first.status)
    expect(plan(world({ model: model({ Production: 1 }), ...born, pods: [pod(1, 'a', false)] })).status).toEqual(first.status)
    expect(first.status?.traffic).toEqual([{ version: 1, digest: modelVersion(1).spec.digest, replicas: 1, ready: 0 }])
  })

  it('never puts a number of replicas into what it applies', () => {
    const planned = plan(world({ model: model({ Production: 1 }) }))
    expect(planned.apply.filter(({ object }) => 'replicas' in ((object['spec'] ?? {}) as object))).toEqual([])
  })

  it('is ready only when a pod reports the digest of its version', () => {
    const serving = { model: model({ Production: 1 }), services: [stable(1)], deployments: [live(1)], pods: [pod(1, 'a', true)] }
    expect(condition(plan(world({ ...serving, health: new Map([['uid-a', healthy(1)]]) })), 'Ready')?.status).toBe('True')
    const other = condition(plan(world({ ...serving, health: new Map([['uid-a', healthy(2)]]) })), 'Ready')
    expect(other).toMatchObject({ status: 'False', reason: 'HealthUnusable' })
    expect(other?.message).toContain(`pod a is ready, but serves the bundle ${healthy(2).digest} instead of ${healthy(1).digest}`)
    expect(condition(plan(world(serving)), 'Ready')?.status).toBe('Unknown')
  })

  it('does not count a pod of an earlier service of its name', () => {
    const old = pod(1, 'a', true)
    const pods = [{ ...old, metadata: { ...old.metadata, creationTimestamp: '2025-12-31T23:59:59Z' } }]
    const seen = {
      model: model({ Production: 1 }),
      services: [stable(1)],
      deployments: [live(1)],
      health: new Map([['uid-a', healthy(1)]]),
    }
    expect(condition(plan(world({ ...seen, pods })), 'Ready')).toMatchObject({ status: 'Unknown', reason: 'Starting' })
    expect(condition(plan(world({ ...seen, pods: [old] })), 'Ready')?.status).toBe('True')
  })

  it('says what a pod does that is ready and does not say what it serves', () => {
    const planned = plan({ ...rolling(true), seen: { ...rolling(true).seen, health: new Map([['uid-old-0', healthy(1)]]), unheard } })
    expect(selected(planned)).toBe('1')
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({
      status: 'False',
      reason: 'HealthUnusable',
      message: 'version 2: pod new is ready, but GET /health cannot be used: no answer within 2000 ms; version 1 keeps serving',
    })
  })

  it('does not call a server broken that replaces its workers, and takes no control characters from any', () => {
    const saying = (reason: 'WorkersLost' | 'LoadFailed') =>
      condition(plan(rolling(false, { status: 'degraded', reason, message: 'a\u001b[31m\nb' })), 'RolloutHealthy')
    expect(saying('WorkersLost')).toMatchObject({ status: 'Unknown', reason: 'RollingOut' })
    expect(saying('LoadFailed')?.message).toContain('LoadFailed: a [31m b')
  })

  it('keeps the old version answering while the new one starts', () => {
    const planned = plan(rolling(false))
    expect(selected(planned)).toBe('1')
    expect(names(planned)).toContain('Deployment/iris-v1')
    expect(names(planned)).toContain('Deployment/iris-v2')
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'True', message: 'version 1 answers, 1 of 1 pods ready' })
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({ status: 'Unknown', reason: 'RollingOut' })
  })

  it('moves the clients in one write when the new version is ready, and lets the old one go', () => {
    const planned = plan(rolling(true))
    expect(selected(planned)).toBe('2')
    expect(names(planned)).not.toContain('Deployment/iris-v1')
    expect(planned.status?.entry).toBe(2)
  })

  it('gives the new version as many pods as the old one has before the clients move', () => {
    const planned = plan(rolling(true, healthy(2), 3))
    expect(selected(planned)).toBe('1')
    expect(planned.scale).toEqual([{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'iris-v2', replicas: 3 }])
    const minimum = planned.apply.find(({ object }) => object.kind === 'HorizontalPodAutoscaler' && object.metadata.name === 'iris-v2')
      ?.object as Autoscaler
    expect(minimum.spec?.minReplicas).toBe(3)
  })

  it('does not wait for as many pods when the old version answers nobody', () => {
    const broken = rolling(true, healthy(2), 3)
    const planned = plan({ ...broken, seen: { ...broken.seen, health: new Map([['uid-new', healthy(2)]]) } })
    expect(selected(planned)).toBe('2')
  })

  it('keeps the raised minimum for one stabilisation window', () => {
    const raised: Autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { ...meta('iris-v1'), creationTimestamp: '2026-01-01T00:59:00Z' },
      spec: { minReplicas: 3 },
    }
    const at = (autoscalers: Autoscaler[]) =>
      plan(world({ model: model({ Production: 1 }), services: [stable(1)], deployments: [live(1, 3)], autoscalers }))
        .apply.map(({ object }) => object as Autoscaler)
        .find(object => object.kind === 'HorizontalPodAutoscaler')?.spec?.minReplicas
    expect(at([raised])).toBe(3)
    expect(at([{ ...raised, metadata: { ...raised.metadata, creationTimestamp: '2026-01-01T00:50:00Z' } }])).toBe(1)
  })

  it('says that a new version will not load, and the old one keeps serving', () => {
    const planned = plan(rolling(false, { status: 'degraded', reason: 'DigestMismatch', message: 'the bundle has another digest' }))
    expect(selected(planned)).toBe('1')
    expect(condition(planned, 'Ready')?.status).toBe('True')
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({ status: 'False', reason: 'LoadFailed' })
    expect(condition(planned, 'RolloutHealthy')?.message).toBe(
      'version 2 will not load: DigestMismatch: the bundle has another digest (claim iris-artifacts, path iris/2); version 1 keeps serving',
    )
    expect(condition(planned, 'Stalled')?.status).toBe('True')
  })

  it.each(['Loading', 'Draining'] as const)('does not take a server for broken that is %s', reason => {
    const planned = plan(rolling(false, { status: 'degraded', reason, message: 'wait' }))
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({ status: 'Unknown', reason: 'RollingOut' })
  })

  it('keeps its last version when the stage stands empty, stays ready and says so', () => {
    const planned = plan(
      world({
        model: model({}),
        services: [stable(1)],
        deployments: [live(1)],
        pods: [pod(1, 'a', true)],
        health: new Map([['uid-a', healthy(1)]]),
      }),
    )
    expect(planned).toMatchObject({ apply: [], hold: true })
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'True' })
    expect(condition(planned, 'Ready')?.message).toContain('no version of iris holds Production')
  })

  it('leaves the children of a version alone whose ModelVersion vanished', () => {
    const base = rolling(false)
    const planned = plan({ ...base, seen: { ...base.seen, versions: new Map([[2, modelVersion(2)]]) } })
    expect(planned.apply.find(({ object }) => object.metadata.name === 'iris-v1')).toMatchObject({ mode: 'keep' })
    expect(selected(planned)).toBe('1')
  })

  it('names the existing versions when the wanted one does not exist', () => {
    const object = service()
    object.spec.traffic = [{ version: 7 }]
    expect(condition(plan(world({}, object)), 'Ready')?.message).toBe(
      'ModelVersion iris-v7 does not exist in this namespace; existing versions: 1, 2',
    )
  })

  it('says that a ReadWriteOnce claim pins the pods to a node', () => {
    const planned = plan(world({ model: model({ Production: 1 }) }))
    expect(condition(planned, 'Scalable')).toMatchObject({ status: 'False', reason: 'PinnedToNode' })
    const shared = plan(world({ model: model({ Production: 1 }), claims: new Map([['iris-artifacts', claim(['ReadWriteMany'])]]) }))
    expect(condition(shared, 'Scalable')?.status).toBe('True')
  })

  it('keeps the server image it became ready with when the operator brings another one', () => {
    const object = service()
    object.status = { observedGeneration: 1, serverImage: 'server:0' }
    const image = (generation: number) => {
      object.metadata.generation = generation
      const found = plan(world({ model: model({ Production: 1 }) }, object)).apply[0]?.object as Deployment
      return found.spec?.template?.spec?.containers?.[0]?.image
    }
    expect(image(1)).toBe('server:0')
    expect(image(2)).toBe('server:1')
  })

  it('remembers no image before every pod runs the present template', () => {
    const serving = {
      model: model({ Production: 1 }),
      services: [stable(1)],
      pods: [pod(1, 'a', true)],
      health: new Map([['uid-a', healthy(1)]]),
    }
    const stale = live(1)
    stale.spec = { template: { spec: { containers: [{ image: 'server:0' }] } } }
    expect(plan(world({ ...serving, deployments: [stale] })).status?.serverImage).toBeUndefined()
    expect(plan(world({ ...serving, deployments: [live(1)] })).status?.serverImage).toBe('server:1')
  })

  it('reports a name that belongs to somebody else', () => {
    const base = world({ model: model({ Production: 1 }) })
    const planned = plan({ ...base, conflicts: [{ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'ns', name: 'iris-v1' }] })
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({ status: 'False', reason: 'NameConflict' })
    expect(condition(planned, 'Stalled')?.status).toBe('True')
  })

  it('is not ready without its Service, however ready its pods are', () => {
    const serving = {
      model: model({ Production: 1 }),
      deployments: [live(1)],
      pods: [pod(1, 'a', true)],
      health: new Map([['uid-a', healthy(1)]]),
    }
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'ns', name: 'iris' }
    const waiting = plan({ ...world(serving), pending: [ref] })
    expect(condition(waiting, 'Ready')).toMatchObject({ status: 'Unknown', message: 'version 1 is being set up' })
    expect(condition(waiting, 'RolloutHealthy')?.status).toBe('Unknown')
    const taken = plan({ ...world(serving), conflicts: [ref] })
    expect(condition(taken, 'Ready')).toMatchObject({ status: 'False', reason: 'NameConflict' })
    expect(condition(taken, 'RolloutHealthy')).toMatchObject({ status: 'False', reason: 'NameConflict' })
    expect(taken.status?.entry).toBeUndefined()
  })

  it('keeps what clients reach while its Service is refused', () => {
    const ref = { apiVersion: 'v1', kind: 'Service', namespace: 'ns', name: 'iris' }
    const planned = plan({ ...rolling(true), refusals: [{ ref, reason: 'Forbidden', message: 'denied by a policy' }] })
    expect(selected(planned)).toBe('2')
    expect(names(planned)).toContain('Deployment/iris-v1')
    expect(planned.status?.entry).toBe(1)
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'True', message: 'version 1 answers, 1 of 1 pods ready' })
    expect(condition(planned, 'RolloutHealthy')).toMatchObject({ status: 'False', reason: 'CreationRefused' })
  })

  it('lifts a quota that refuses pods from the Deployment', () => {
    const refused = live(1, 0)
    refused.status = { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'pods "x" is forbidden: exceeded quota: small' }] }
    const planned = plan(world({ model: model({ Production: 1 }), services: [stable(1)], deployments: [refused] }))
    expect(condition(planned, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'QuotaExceeded',
      message: 'pods of version 1 are refused: exceeded quota: small; raise the quota of the namespace, or ask for less',
    })
  })
})
