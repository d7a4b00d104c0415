// The InferenceService controller: which objects its world is read from, and whose change it is woken by.
import { label } from '../api/contract.ts'
import type { InferenceService, InferenceServiceStatus } from '../api/inferenceservice.ts'
import type { Model } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { plan } from '../plan/inferenceservice/plan.ts'
import type { ServiceWorld } from '../plan/inferenceservice/world.ts'
import type { Autoscaler, Claim, Deployment, Ingress, Pod, Service } from '../plan/observed.ts'
import type { Settings } from '../plan/shape.ts'
import type { HealthBook, Heard } from '../pods/health.ts'
import type { Key, KubeObject, Stores } from '../runtime/shape.ts'
import type { ControllerSpec, Watch } from '../runtime/spec.ts'
import {
  autoscalers,
  claims,
  deployments,
  disruptionBudgets,
  inferenceServices,
  ingresses,
  models,
  modelVersions,
  networkPolicies,
  OURS,
  pods,
  services,
  within,
} from './resources.ts'
import { byModel, versionsOf } from './versions.ts'

export interface InferenceServiceParts {
  settings: Settings
  health: HealthBook
  namespace?: string
}

export const inferenceServiceController = (parts: InferenceServiceParts): ControllerSpec<ServiceWorld, InferenceServiceStatus> => ({
  name: 'inferenceservice',
  primary: { ...within(inferenceServices, parts.namespace), indexes: byModel },
  watches: watches(parts.namespace),
  children: [deployments, services, autoscalers, disruptionBudgets, networkPolicies, ingresses].map(kind =>
    within(kind, parts.namespace, OURS),
  ),
  read: (key, stores, { now, ...feedback }) => {
    const object = stores.of(inferenceServices).get(key) as unknown as InferenceService | undefined
    if (!object) {
      parts.health.forget(key)
      return undefined
    }
    const running = podsOf(key, stores)
    const health = parts.health.of(key, running)
    if (!health) return 'later'
    return { object, seen: seen(object, stores, { pods: running, health }), now, settings: parts.settings, ...feedback }
  },
  plan,
})

const byService = {
  service: (object: KubeObject) => {
    const name = object.metadata.labels?.[label.inferenceService]
    return name ? [`${object.metadata.namespace ?? ''}/${name}`] : []
  },
}

const watches = (namespace: string | undefined): Watch[] => [
  { resource: { ...within(pods, namespace, OURS), indexes: byService }, keys: byService.service },
  {
    resource: within(models, namespace),
    keys: (model, stores) => servicesOf(`${model.metadata.namespace ?? ''}/${model.metadata.name}`, stores),
  },
  {
    resource: { ...within(modelVersions, namespace), indexes: byModel },
    keys: (version, stores) => byModel.model(version).flatMap(model => servicesOf(model, stores)),
  },
  { resource: within(claims, namespace), keys: servicesOnClaim },
]

const servicesOf = (model: string, stores: Stores): Key[] =>
  stores
    .of(inferenceServices)
    .by('model', model)
    .map(service => `${service.metadata.namespace ?? ''}/${service.metadata.name}`)

const servicesOnClaim = (claim: KubeObject, stores: Stores): Key[] => {
  const { namespace = '', name } = claim.metadata
  const versions = stores.of(modelVersions).list(namespace) as unknown as ModelVersion[]
  const names = new Set(versions.filter(version => version.spec.artifact.claim === name).map(version => version.spec.model))
  return [...names].flatMap(model => servicesOf(`${namespace}/${model}`, stores))
}

const podsOf = (key: Key, stores: Stores): Pod[] => stores.of(pods).by('service', key) as Pod[]

interface Running {
  pods: Pod[]
  health: Map<string, Heard>
}

const seen = (object: InferenceService, stores: Stores, { pods: running, health }: Running): ServiceWorld['seen'] => {
  const { namespace, uid } = object.metadata
  const versions = versionsOf(stores.of(modelVersions), namespace, object.spec.model)
  const claimNames = new Set(versions.map(version => version.spec.artifact.claim))
  const found = [...claimNames].map(claim => stores.of(claims).get(`${namespace}/${claim}`) as Claim | undefined)
  const heard = [...health]
  const [ingress] = stores.of(ingresses).by('owner', uid) as Ingress[]
  return {
    model: stores.of(models).get(`${namespace}/${object.spec.model}`) as unknown as Model | undefined,
    versions: new Map(versions.map(version => [version.spec.version, version])),
    claims: new Map(found.filter(claim => claim !== undefined).map(claim => [claim.metadata.name, claim])),
    deployments: stores.of(deployments).by('owner', uid) as Deployment[],
    services: stores.of(services).by('owner', uid) as Service[],
    autoscalers: stores.of(autoscalers).by('owner', uid) as Autoscaler[],
    ...(ingress && { ingress }),
    health: new Map(heard.flatMap(([pod, each]) => ('value' in each ? [[pod, each.value]] : []))),
    unheard: new Map(heard.flatMap(([pod, each]) => ('problem' in each ? [[pod, each.problem]] : []))),
    pods: running,
  }
}
