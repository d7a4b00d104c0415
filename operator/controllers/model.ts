// The model controller: its key is the name of a model, whether or not a Model of that name exists.
import { label } from '../api/contract.ts'
import type { Decision } from '../api/decision.ts'
import type { InferenceService } from '../api/inferenceservice.ts'
import type { Model, ModelStatus } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import type { EventBook } from '../cloudevents/book.ts'
import { type ModelWorld, plan } from '../plan/model/plan.ts'
import type { Job, Pod } from '../plan/observed.ts'
import type { Settings } from '../plan/shape.ts'
import { parseKey } from '../runtime/keys.ts'
import type { Key, KubeObject, Stores } from '../runtime/shape.ts'
import type { ControllerSpec } from '../runtime/spec.ts'
import type { TrackingBook } from '../tracking/book.ts'
import { failuresOf, refusedPods } from './refusedpods.ts'
import { configMaps, decisions, inferenceServices, jobs, models, modelVersions, OURS, pods, within } from './resources.ts'
import { byModel, versionsOf } from './versions.ts'

/** A link of the ledger has no owner: it outlives the Model, and is found by its label. */
const byLedger = {
  ledger: ({ metadata }: KubeObject): Key[] => {
    const model = metadata.labels?.[label.ledger]
    return model === undefined ? [] : [`${metadata.namespace ?? ''}/${model}`]
  },
}

/** Jobs and pods of gate runs, cleanups and imports. */
const byWork = {
  work: ({ metadata }: KubeObject): Key[] => {
    const { [label.gateRun]: gateRun, [label.cleanup]: cleanup, [label.import]: imported, [label.model]: model } = metadata.labels ?? {}
    return (gateRun ?? cleanup ?? imported) === undefined || model === undefined ? [] : [`${metadata.namespace ?? ''}/${model}`]
  },
}

export interface ModelParts {
  settings: Settings
  tracking: TrackingBook | undefined
  events: EventBook | undefined
  namespace?: string
}

export const modelController = ({ settings, tracking, events, namespace }: ModelParts): ControllerSpec<ModelWorld, ModelStatus> => ({
  name: 'model',
  primary: within(models, namespace),
  watches: [
    { resource: { ...within(pods, namespace, OURS), indexes: byWork }, keys: byWork.work },
    refusedPods(namespace, byWork.work),
    { resource: { ...within(modelVersions, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(decisions, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(inferenceServices, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(configMaps, namespace, OURS), indexes: byLedger }, keys: byLedger.ledger },
  ],
  children: [configMaps, jobs].map(kind => within(kind, namespace, OURS)),
  read: (key, stores, { now, conflicts, refusals }) => {
    const at = parseKey(key)
    const object = stores.of(models).get(key) as unknown as Model | undefined
    const versions = versionsOf(stores.of(modelVersions), at.namespace, at.name)
    const said = stores.of(decisions).by('model', key) as unknown as Decision[]
    const ledger = stores.of(configMaps).by('ledger', key)
    // Told of what is gone, too: its mirror is marked.
    const synced = tracking?.of({ ...at, model: object, versions })
    const announced = events?.of({ ...at, model: object, ledger })
    const services = stores.of(inferenceServices).by('model', key) as unknown as InferenceService[]
    if (!object && versions.length === 0) return undefined
    const ownJobs = object ? (stores.of(jobs).by('owner', object.metadata.uid) as Job[]) : []
    const running = stores.of(pods).by('work', key) as Pod[]
    const serverJobs = { jobs: ownJobs, pods: running, failures: failuresOf(ownJobs, stores), conflicts, refusals, settings }
    return {
      object,
      versions,
      decisions: said,
      ledger,
      services,
      neighbours: neighboursOf(object, stores),
      now,
      serverJobs,
      ...(synced && { synced }),
      ...(announced && { announced }),
    }
  },
  plan,
})

/** Only for a Model that removes something: there may be many. */
const neighboursOf = (model: Model | undefined, stores: Stores): ModelVersion[] => {
  if (!model?.spec.retention) return []
  const all = stores.of(modelVersions).list(model.metadata.namespace) as unknown as ModelVersion[]
  return all.filter(({ spec }) => spec.model !== model.metadata.name)
}
