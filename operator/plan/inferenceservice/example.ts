// One service in one namespace, piece by piece, for the tests of its plan: every world of theirs is made of these.
import type { ServerHealth } from '../../api/bundle.ts'
import { label } from '../../api/contract.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Claim, Deployment, Pod, Service } from '../observed.ts'
import type { plan } from './plan.ts'
import type { Seen, ServiceWorld } from './world.ts'

export const now = new Date('2026-01-01T01:00:00Z')
export const meta = (name: string, labels?: Record<string, string>) => ({
  name,
  namespace: 'ns',
  uid: `uid-${name}`,
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: '2026-01-01T00:00:00Z',
  ...(labels && { labels }),
})
export const digest = (version: number) => `sha256:${String(version).padStart(64, '0')}`
export const modelVersion = (number: number): ModelVersion => ({
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
export const model = (holders: Record<string, number>): Model => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'Model',
  metadata: meta('iris'),
  spec: { stages: [{ name: 'Production', automatic: true }] },
  status: { holders },
})
export const service = (): InferenceService => ({
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
export const claim = (accessModes = ['ReadWriteOnce']): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('iris-artifacts'),
  spec: { accessModes },
})
export const pod = (version: number, name: string, ready: boolean): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, { [label.version]: String(version), [label.inferenceService]: 'iris' }),
  status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})
export const healthy = (version: number): ServerHealth => ({ status: 'healthy', digest: digest(version) })
export const live = (version: number, replicas = 1): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta(`iris-v${version}`),
  spec: { replicas, template: { spec: { containers: [{ image: 'server:1' }] } } },
  status: { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas },
})
export const stable = (version: number): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('iris'),
  spec: { selector: { [label.inferenceService]: 'iris', [label.version]: String(version) } },
})
export const world = (seen: Partial<Seen> = {}, object = service()): ServiceWorld => ({
  object,
  seen: {
    versions: new Map([1, 2].map(number => [number, modelVersion(number)])),
    claims: new Map([['iris-artifacts', claim()]]),
    deployments: [],
    services: [],
    autoscalers: [],
    pods: [],
    health: new Map(),
    unheard: new Map(),
    ...seen,
  },
  now,
  settings: { trainerImage: 'trainer:1', serverImage: 'server:1', imagePullPolicy: 'IfNotPresent', imagePullSecrets: [] },
  conflicts: [],
  pending: [],
  refusals: [],
})
export const names = (planned: ReturnType<typeof plan>) => planned.apply.map(({ object }) => `${object.kind}/${object.metadata.name}`)
export const selected = (planned: ReturnType<typeof plan>) => {
  const found = planned.apply.find(({ object }) => object.kind === 'Service' && object.metadata.name === 'iris')?.object as
    | Service
    | undefined
  return found?.spec?.selector?.[label.version]
}
export const condition = (planned: ReturnType<typeof plan>, type: string) => planned.status?.conditions?.find(each => each.type === type)

/** Version 1 answers; version 2 holds Production and is on its way. */
export const rolling = (ready: boolean, health: ServerHealth = healthy(2), replicas = 1) =>
  world({
    model: model({ Production: 2 }),
    services: [stable(1)],
    deployments: [live(1, replicas), live(2)],
    pods: [...Array.from({ length: replicas }, (_, i) => pod(1, `old-${i}`, true)), pod(2, 'new', ready)],
    health: new Map([...Array.from({ length: replicas }, (_, i) => [`uid-old-${i}`, healthy(1)] as const), ['uid-new', health]]),
  })
