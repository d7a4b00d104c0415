// The contract between plans and the loop: what a plan may ask for, and in which words the loop answers. Types only.

export interface OwnerReference {
  apiVersion: string
  kind: string
  name: string
  uid: string
  controller?: boolean
  blockOwnerDeletion?: boolean
}

/** One writer's share of an object, as server-side apply records it. */
export interface ManagedFields {
  manager?: string
  operation?: string
  apiVersion?: string
  time?: string
  fieldsType?: string
  fieldsV1?: Record<string, unknown>
  subresource?: string
}

export interface ObjectMeta {
  name: string
  namespace?: string
  uid?: string
  resourceVersion?: string
  generation?: number
  labels?: Record<string, string>
  annotations?: Record<string, string>
  ownerReferences?: OwnerReference[]
  finalizers?: string[]
  creationTimestamp?: string
  deletionTimestamp?: string
  managedFields?: ManagedFields[]
}

/** Any object of the Kubernetes API, as plain JSON. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: ObjectMeta
  [field: string]: unknown
}

/** A kind as the API server addresses it: what is watched and what is written. */
export interface ResourceRef {
  apiVersion: string
  kind: string
  plural: string
  namespaced: boolean
}

/** Names one object, without its content. */
export interface ObjectRef {
  apiVersion: string
  kind: string
  namespace?: string
  name: string
}

/** What the queue holds: `namespace/name` (`/name` for a cluster-scoped object). */
export type Key = string

/**
 * One object that should exist.
 * - `apply` (the default): POSTed, then kept as planned by server-side apply; owned by the primary object, pruned when it leaves the plan.
 *   The loop adds the controller owner reference; a plan does not.
 * - `create`: POSTed once; never changed, owned or pruned (a ModelVersion).
 * - `keep`: created when absent; never changed, owned or pruned (a PersistentVolumeClaim).
 */
export interface Child {
  object: KubeObject
  mode?: 'apply' | 'create' | 'keep'
}

/** An object as the plan saw it, or that it saw none. */
export interface Belief extends ObjectRef {
  seen: ObjectMeta | undefined
}

/** The complete status of another object that this controller owns the status of; `object` is the cached one, its resourceVersion is the precondition. */
export interface StatusWrite {
  object: KubeObject
  status: object
  /** What else it was decided on, be it there or missing: asked for once more before the write, because no precondition covers it. */
  reliesOn?: readonly Belief[]
}

/** Something to tell people, as an Event; about the primary object unless said otherwise. */
export interface Happening {
  type: 'Normal' | 'Warning'
  reason: string
  message: string
  about?: KubeObject
}

/** A number of replicas, written through the scale subresource, only if it differs. In the namespace of the key. */
export interface Scale {
  apiVersion: string
  kind: string
  name: string
  replicas: number
}

/** A condition as a plan writes it; the loop adds lastTransitionTime, which moves only when `status` moves. */
export interface Condition {
  type: string
  status: 'True' | 'False' | 'Unknown'
  reason: string
  message: string
  observedGeneration?: number
  lastTransitionTime?: string
}

export interface Plan<Status extends object = object> {
  /** Children that should exist, complete, written in this order. */
  apply: Child[]
  /** The complete own status; left out only when the key has no primary object. */
  status?: Status
  statuses?: StatusWrite[]
  scale?: Scale[]
  /** Told when a status of this pass was written. */
  events: Happening[]
  /** Seconds after which to look again even if nothing moves. */
  requeueAfter?: number
  /** "I cannot tell now": write status, touch no child. */
  hold?: true
  /** Write the own status before anything else: it is the one commit point. */
  commitFirst?: true
  /** What a step that is hard to take back was decided on, asked for once more before anything is written. */
  reliesOn?: readonly Belief[]
  /** Deletes beyond pruning; each carries the uid of the object given. */
  remove?: KubeObject[]
}

/** A child write that the API server refused for a reason only a person or another object can change: quota, admission, validation. */
export interface Refusal {
  ref: ObjectRef
  /** The API server's reason, such as `Forbidden` or `Invalid`. */
  reason: string
  message: string
}

/** What the loop tells the reader of a world: the time, and what the last attempt at the children ran into. */
export interface Feedback {
  now: Date
  /** Names taken by objects that are not ours; nothing of theirs is ever touched. */
  conflicts: ObjectRef[]
  refusals: Refusal[]
  /** Children that cannot be made yet, because what has their name is on its way out. */
  pending: ObjectRef[]
}

/** A read-only view of one cached kind. */
export interface StoreReader {
  get(key: Key): KubeObject | undefined
  list(namespace?: string): KubeObject[]
  /** Objects under a value of an index; `owner` (uid of the controlling owner) always exists. */
  by(index: string, value: string): KubeObject[]
}

/** The caches a controller declared, by kind. */
export interface Stores {
  of(resource: Pick<ResourceRef, 'apiVersion' | 'kind'>): StoreReader
}
