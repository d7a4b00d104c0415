// Rule: the spec of a ModelVersion never changes, and while its Model lives no other bundle gets its number.
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import { finding, type Rule } from './moment.ts'

interface Known {
  uid: string
  spec: string
  /** Uid of the Model at that time: when it is deleted, its numbers may be given again. */
  model: string | undefined
}

export const fixedVersionRule = (): Rule => {
  const versions = new Map<string, Known>()
  return ({ object, type, world }) => {
    if (object.kind !== 'ModelVersion' || type === 'DELETED') return []
    const { namespace = '', name, uid = '' } = object.metadata
    const now: Known = { uid, spec: sorted(object['spec']), model: modelOf(object, world.list('Model', namespace)) }
    const before = versions.get(`${namespace}/${name}`)
    versions.set(`${namespace}/${name}`, now)
    if (!before || before.spec === now.spec) return []
    if (before.uid !== uid && (before.model === undefined || before.model !== now.model)) return []
    const how = before.uid === uid ? 'its spec changed' : 'its number was given again'
    return [finding('a version never changes', object, `${how}: from ${before.spec} to ${now.spec}`)]
  }
}

const modelOf = (version: KubeObject, models: readonly KubeObject[]): string | undefined =>
  models.find(({ metadata }) => metadata.name === (version['spec'] as { model: string }).model)?.metadata.uid

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
