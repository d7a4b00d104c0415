// How the versions of a model are found in a cache: an index by namespace and model, and the look into it.
import type { ModelVersion } from '../api/modelversion.ts'
import type { KubeObject, StoreReader } from '../runtime/shape.ts'

/** What names a model in its spec, under `namespace/model`. */
export const byModel = {
  model: (object: KubeObject) => [`${object.metadata.namespace ?? ''}/${(object as unknown as ModelVersion).spec?.model ?? ''}`],
}

export const versionsOf = (store: StoreReader, namespace: string, model: string): ModelVersion[] =>
  store.by('model', `${namespace}/${model}`) as unknown as ModelVersion[]
