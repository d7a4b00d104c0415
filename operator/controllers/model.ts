// The model controller: its key is the name of a model, whether or not a Model of that name exists.
import { label } from '../api/contract.ts'
import type { Decision } from '../api/decision.ts'
import type { Model, ModelStatus } from '../api/model.ts'
import { type ModelWorld, plan } from '../plan/model/plan.ts'
import { parseKey } from '../runtime/keys.ts'
import type { Key, KubeObject } from '../runtime/shape.ts'
import type { ControllerSpec } from '../runtime/spec.ts'
import type { TrackingBook } from '../tracking/book.ts'
import { configMaps, decisions, models, modelVersions, OURS, within } from './resources.ts'
import { byModel, versionsOf } from './versions.ts'

/** A link of the ledger has no owner: it outlives the Model, and is found by its label. */
const byLedger = {
  ledger: ({ metadata }: KubeObject): Key[] => {
    const model = metadata.labels?.[label.ledger]
    return model === undefined ? [] : [`${metadata.namespace ?? ''}/${model}`]
  },
}

export const modelController = (namespace?: string, tracking?: TrackingBook): ControllerSpec<ModelWorld, ModelStatus> => ({
  name: 'model',
  primary: within(models, namespace),
  watches: [
    { resource: { ...within(modelVersions, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(decisions, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(configMaps, namespace, OURS), indexes: byLedger }, keys: byLedger.ledger },
  ],
  children: [within(configMaps, namespace, OURS)],
  read: (key, stores, { now }) => {
    const at = parseKey(key)
    const object = stores.of(models).get(key) as unknown as Model | undefined
    const versions = versionsOf(stores.of(modelVersions), at.namespace, at.name)
    const said = stores.of(decisions).by('model', key) as unknown as Decision[]
    const ledger = stores.of(configMaps).by('ledger', key)
    // Told of what is gone, too: its mirror is marked.
    const synced = tracking?.of({ ...at, model: object, versions })
    return object || versions.length > 0 ? { object, versions, decisions: said, ledger, now, ...(synced && { synced }) } : undefined
  },
  plan,
})
