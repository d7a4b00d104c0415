// Decides what an effect of a pass may use: one client, the caches, the owner, and the names under which we write.
import type { Client } from './client.ts'
import type { Clock } from './clock.ts'
import type { Informer } from './informers.ts'
import { kindKey, refKey, refOf } from './keys.ts'
import type { Log } from './log.ts'
import type { Memory } from './memory.ts'
import type { RetrySlots } from './retryslots.ts'
import type { Key, KubeObject, Plan } from './shape.ts'

export interface WriterNames {
  /** The one field manager of everything we write. */
  fieldManager: string
  /** The annotation that holds the digest of what was applied. */
  appliedAnnotation: string
}

export interface Effects {
  client: Client
  clock: Clock
  log: Log
  names: WriterNames
  informers: ReadonlyMap<string, Informer>
  /** Kinds pruned by ownership. */
  owned: readonly Informer[]
  memory: Memory
  retries: RetrySlots
  /** The object this pass is about, if it exists. */
  primary: KubeObject | undefined
  /** Of which the API server said in this pass that they are as the plan saw them, or missing. */
  sure: Set<string>
  key: Key
  /** Of the key. */
  namespace: string
  wrote(kind: string, verb: string): void
}

export const informerOf = (effects: Pick<Effects, 'informers'>, kind: { apiVersion: string; kind: string }): Informer => {
  const informer = effects.informers.get(kindKey(kind))
  if (!informer)
    throw new Error(`${kind.apiVersion} ${kind.kind} is written but not watched: add it to the controller's children or watches`)
  return informer
}

/** A child without a namespace goes into the namespace of the key. */
export const placed = (effects: Effects, object: KubeObject): KubeObject =>
  object.metadata.namespace || !informerOf(effects, object).resource.namespaced
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: effects.namespace } }

/** The names of everything a plan wants to exist. */
export const plannedRefs = (effects: Effects, plan: Plan): Set<string> =>
  new Set(plan.apply.map(({ object }) => refKey(refOf(placed(effects, object)))))
