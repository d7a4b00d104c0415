// What a controller says of itself: which object its key names, what it looks at, what it makes, how it reads and how it decides. Types only.
import type { Selection } from './paths.ts'
import type { Feedback, Key, KubeObject, Plan, ResourceRef, Stores } from './shape.ts'
import type { IndexFunction } from './store.ts'

/** A kind that is followed; a controller follows a kind under one selection. */
export interface WatchedKind extends ResourceRef {
  selection?: Selection
  /** Looked up by `stores.of(kind).by(index, value)`; pure functions of one object. */
  indexes?: Record<string, IndexFunction>
}

export interface Watch {
  resource: WatchedKind
  /** Whose pass a change of this object is a reason for; called for the old and for the new version. */
  keys: (object: KubeObject, stores: Stores) => Key[]
}

export type Read<World> = World | 'later' | undefined

export interface ControllerSpec<World = unknown, Status extends object = object> {
  name: string
  /** The kind that a key names; its objects own the children. */
  primary: WatchedKind
  watches?: Watch[]
  /** Kinds this controller writes. What the primary object owns of them and no plan mentions is deleted; a change wakes its owner up. */
  children: WatchedKind[]
  /**
   * Everything the decision may use, from the caches; undefined when there is nothing to decide about, `later` when
   * something that was asked for has yet to come: whoever brings it enqueues the key.
   */
  read: (key: Key, stores: Stores, feedback: Feedback) => Read<World> | Promise<Read<World>>
  plan: (world: World) => Plan<Status>
  /** Passes at the same time, of different keys. */
  concurrency?: number
}
