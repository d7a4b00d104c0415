// The model controller: its key is the name of a model, whether or not a Model of that name exists.
import type { Decision } from '../api/decision.ts'
import type { Model, ModelStatus } from '../api/model.ts'
import { type ModelWorld, plan } from '../plan/model/plan.ts'
import { parseKey } from '../runtime/keys.ts'
import type { ControllerSpec } from '../runtime/spec.ts'
import { decisions, models, modelVersions, within } from './resources.ts'
import { byModel, versionsOf } from './versions.ts'

export const modelController = (namespace?: string): ControllerSpec<ModelWorld, ModelStatus> => ({
  name: 'model',
  primary: within(models, namespace),
  watches: [
    { resource: { ...within(modelVersions, namespace), indexes: byModel }, keys: byModel.model },
    { resource: { ...within(decisions, namespace), indexes: byModel }, keys: byModel.model },
  ],
  children: [],
  read: (key, stores, { now }) => {
    const at = parseKey(key)
    const object = stores.of(models).get(key) as unknown as Model | undefined
    const versions = versionsOf(stores.of(modelVersions), at.namespace, at.name)
    const said = stores.of(decisions).by('model', key) as unknown as Decision[]
    return object || versions.length > 0 ? { object, versions, decisions: said, now } : undefined
  },
  plan,
})
