// What a rule is asked about: one change, and the world as it stands after it.
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import type { Change } from '../apireader.ts'
import { nameOf } from '../state.ts'

export type Invariant =
  | 'an entry pod is ready'
  | 'one Job at a time'
  | 'a version never changes'
  | 'a stage is held as the Model says'
  | 'Ready is true'
  | 'what is deleted stays deleted'

export interface Finding {
  invariant: Invariant
  namespace: string
  /** Such as `InferenceService/iris`. */
  about: string
  told: string
}

export interface Moment {
  /** Milliseconds, when the change was heard of. */
  at: number
  type: Change['type']
  object: KubeObject
  /** The same object before the change. */
  before: KubeObject | undefined
  world: Mirror
}

export type Rule = (moment: Moment) => Finding[]

/** All objects as they are after the changes so far. */
export class Mirror {
  /** By namespace and kind, then by name. */
  readonly #objects = new Map<string, Map<string, KubeObject>>()

  get(kind: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(`${namespace}/${kind}`)?.get(name)
  }

  list(kind: string, namespace: string): KubeObject[] {
    return [...(this.#objects.get(`${namespace}/${kind}`)?.values() ?? [])]
  }

  all(kind: string): KubeObject[] {
    return [...this.#objects].flatMap(([group, objects]) => (group.endsWith(`/${kind}`) ? [...objects.values()] : []))
  }

  /** Answers what was there before. */
  take(type: Change['type'], object: KubeObject): KubeObject | undefined {
    const { namespace = '', name } = object.metadata
    const group = `${namespace}/${object.kind}`
    const objects = this.#objects.get(group) ?? new Map<string, KubeObject>()
    this.#objects.set(group, objects)
    const before = objects.get(name)
    if (type === 'DELETED') objects.delete(name)
    else objects.set(name, object)
    return before
  }
}

export const finding = (invariant: Invariant, object: KubeObject, told: string): Finding => ({
  invariant,
  namespace: object.metadata.namespace ?? '',
  about: nameOf(object),
  told,
})

/** Remembers what was told, so that a state that stands is one finding, and one that comes back is another. */
export const onceWhile = () => {
  const standing = new Set<string>()
  return (key: string, holds: boolean): boolean => {
    const isNew = holds && !standing.has(key)
    if (holds) standing.add(key)
    else standing.delete(key)
    return isNew
  }
}

export const controllerOf = ({ metadata }: KubeObject) => metadata.ownerReferences?.find(({ controller }) => controller === true)
