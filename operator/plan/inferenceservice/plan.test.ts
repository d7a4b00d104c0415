import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ServerHealth } from '../../api/bundle.ts'
import { label } from '../../api/contract.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import type { Autoscaler, Claim, Deployment, Pod, Service } from '../observed.ts'
import { plan } from './plan.ts'
import type { Seen, ServiceWorld } from './world.ts'

const now = new Date('2026-01-01T01:00:00Z')
const meta = (name: string, labels?: Record<string, string>) => ({
  name,
  namespace: 'ns',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...(labels && { labels }),
})
const digest = (version: number) => `sha256:${String(version).padStart(64, '0')}`
const modelVersion = (number: number): ModelVersion => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'ModelVersion',
  metadata: meta(`iris-v${number}`),
  spec: {
    model: 'iris',
    version: number,
    artifact: { claim: 'iris-artifacts', path: `iris/${number}` },
    digest: digest(number),
    evaluation: { rows: 30, metrics: [{ name: 'accuracy', value: 0.9 }] },
  },
})
const model = (holders: Record<string, number>): Model => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'Model',
  metadata: meta('iris'),
  spec: { stages: [{ name: 'Production', automatic: true }] },
  status: { holders },
})
const service = (): InferenceService => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'InferenceService',
  metadata: meta('iris'),
  spec: {
    model: 'iris',
    traffic: [{ stage: 'Production' }],
    server: { requestTimeout: '10s', maxBodyBytes: 4_194_304 },
    autoscaling: { min: 1, max: 3, cpu: 70 },
    ingress: { host: 'iris.localhost' },
  },
})
const claim = (accessModes = ['ReadWriteOnce']): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('iris-artifacts'),
  spec: { accessModes },
})
const pod = (version: number, name: string, ready: boolean): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, { [label.version]: String(version), [label.inferenceService]: 'iris' }),
  status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})
const healthy = (version: number): ServerHealth => ({ status: 'healthy', digest: digest(version) })
const live = (version: number, replicas = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(`iris-v${version}`),
  spec: { replicas, template: { spec: { containers: [{ image: 'server:1' }] } } },
  status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas },
})
const stable = (version: number): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('iris'),
  spec: { selector: { [label.inferenceService]: 'iris', [label.version]: String(version) } },
})
const world = (seen: Partial<Seen> = {}, object = service()): ServiceWorld => ({
  object,
  seen: {
    versions: new Map([1, 2].map(number => [number, modelVersion(number)])),
    claims: new Map([['iris-artifacts', claim()]]),
    deployments: [],
    services: [],
    autoscalers: [],
    pods: [],
    health: new Map(),
    ...seen,
  },
  now,
  settings: { trainerImage: 'trainer:1', serverImage: 'server:1', imagePullPolicy: 'IfNotPresent', imagePullSecrets: [] },
  conflicts: [],
  refusals: [],
})
const names = (planned: ReturnType<typeof plan>) => planned.apply.map(({ object }) => `${object.kind}/${object.metadata.name}`)
const selected = (planned: ReturnType<typeof plan>) => {
  const found = planned.apply.find(({ object }) => object.kind === 'Service' && object.metadata.name === 'iris')?.object as
    | Service
    | undefined
  return found?.spec?.selector?.[label.version]
}
const condition = (planned: ReturnType<typeof plan>, type: string) => planned.status?.conditions?.find(each => each.type === type)

/** Version 1 answers; version 2 holds Production and is on its way. */
const rolling = (ready: boolean, health: ServerHealth = healthy(2), replicas = 1) =>
  world({
    model: model({ Production: 2 }),
    services: [stable(1)],
    deployments: [live(1, replicas), live(2)],
    pods: [...Array.from({ length: replicas }, (_, i) => pod(1, `old-${i}`, true)), pod(2, 'new', ready)],
    health: new Map([...Array.from({ length: replicas }, (_, i) => [`uid-old-${i}`, healthy(1)] as const), ['uid-new', health]]),
  })

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

  it('never puts a number of replicas into what it applies', () => {
    const planned = plan(world({ model: model({ Production: 1 }) }))
    expect(planned.apply.filter(({ object }) => 'replicas' in ((object['spec'] ?? {}) as object))).toEqual([])
  })

  it('is ready only when a pod reports the digest of its version', () => {
    const serving = { model: model({ Production: 1 }), services: [stable(1)], deployments: [live(1)], pods: [pod(1, 'a', true)] }
    expect(condition(plan(world({ ...serving, health: new Map([['uid-a', healthy(1)]]) })), 'Ready')?.status).toBe('True')
    expect(condition(plan(world({ ...serving, health: new Map([['uid-a', healthy(2)]]) })), 'Ready')?.status).toBe('Unknown')
    expect(condition(plan(world(serving)), 'Ready')?.status).toBe('Unknown')
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
      'version 2 will not load: DigestMismatch: the bundle has another digest; version 1 keeps serving',
    )
    expect(condition(planned, 'Stalled')?.status).toBe('True')
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

  it('lifts a quota that refuses pods from the Deployment', () => {
    const refused = live(1, 0)
    refused.status = { conditions: [{ type: 'ReplicaFailure', status: 'True', message: 'pods "x" is forbidden: exceeded quota: small' }] }
    const planned = plan(world({ model: model({ Production: 1 }), services: [stable(1)], deployments: [refused] }))
    expect(condition(planned, 'Ready')).toMatchObject({ status: 'False', reason: 'QuotaExceeded' })
  })
})

/** A cluster that does what the plan says, one pass at a time, with pods that become ready, break or vanish at random. */
const events = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('promote' as const), version: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('empty' as const) }),
    fc.record({ kind: fc.constant('ready' as const), version: fc.integer({ min: 1, max: 4 }), ready: fc.boolean() }),
    fc.record({ kind: fc.constant('scale' as const), version: fc.integer({ min: 1, max: 4 }), replicas: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('forget' as const), version: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('pass' as const) }),
  ),
  { maxLength: 60 },
)

describe('whatever happens', () => {
  it('clients never move to a version that is not ready, and what answers them is never taken away', () => {
    fc.assert(
      fc.property(events, actions => {
        let holders: Record<string, number> = {}
        let deployments: Deployment[] = []
        let services: Service[] = []
        const readiness = new Map<number, boolean>()
        const versions = new Map([1, 2, 3, 4].map(number => [number, modelVersion(number)]))
        for (const action of [...actions, { kind: 'pass' as const }]) {
          if (action.kind === 'promote') holders = { Production: action.version }
          else if (action.kind === 'empty') holders = {}
          else if (action.kind === 'ready') readiness.set(action.version, action.ready)
          else if (action.kind === 'forget') versions.delete(action.version)
          else if (action.kind === 'scale')
            deployments = deployments.map(each =>
              each.metadata.name === `iris-v${action.version}` ? live(action.version, action.replicas) : each,
            )
          else {
            const pods = deployments.flatMap(each => {
              const version = Number(each.metadata.name.slice(6))
              return Array.from({ length: each.spec?.replicas ?? 1 }, (_, i) =>
                pod(version, `p${version}-${i}`, readiness.get(version) ?? false),
              )
            })
            const health = new Map(pods.map(each => [each.metadata.uid ?? '', healthy(Number(each.metadata.labels?.[label.version]))]))
            const before = services.find(each => each.metadata.name === 'iris')?.spec?.selector?.[label.version]
            const planned = plan(world({ model: model(holders), deployments, services, pods, health, versions }))
            if (planned.hold) continue
            const after = selected(planned)
            if (before !== undefined && after !== before) expect(readiness.get(Number(after))).toBe(true)
            expect(names(planned)).toContain(`Service/iris`)
            if (deployments.some(each => each.metadata.name === `iris-v${after}`))
              expect(names(planned)).toContain(`Deployment/iris-v${after}`)
            const kept = (kind: string) => planned.apply.filter(({ object }) => object.kind === kind).map(({ object }) => object)
            deployments = kept('Deployment').map(
              object =>
                deployments.find(each => each.metadata.name === object.metadata.name) ?? live(Number(object.metadata.name.slice(6))),
            )
            for (const scale of planned.scale ?? [])
              deployments = deployments.map(each =>
                each.metadata.name === scale.name ? live(Number(scale.name.slice(6)), scale.replicas) : each,
              )
            services = kept('Service') as KubeObject[] as Service[]
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})
