// Decides whether an owner is still what the cache shows, before something is made that it may have had before, or is taken from it.
//
// Each kind has a watch of its own, and one may be behind the others: then the children of an owner that is gone look as if somebody had
// deleted them, and whatever is made for it is taken by the garbage collector at once, again and again.
import { type Effects, informerOf } from './effects.ts'
import { refKey, refOf } from './keys.ts'
import type { KubeObject } from './shape.ts'
import { isNewer } from './versions.ts'

/** Asks the API server, once in a pass; throws when the owner is going, gone, another object, or has changed. */
export const confirmOwner = async (effects: Effects): Promise<void> => {
  const { primary, client } = effects
  if (!primary || effects.isConfirmed || isNew(primary)) return
  const { resource, store } = informerOf(effects, primary)
  const { namespace, name, uid, resourceVersion } = primary.metadata
  const live = await client.get(resource, { namespace, name })
  const isSame = live?.metadata.uid === uid && !live?.metadata.deletionTimestamp
  effects.isConfirmed = isSame && !isNewer(live?.metadata.resourceVersion, resourceVersion)
  if (effects.isConfirmed) return
  if (live) store.learn(live)
  else store.unlearn(primary)
  throw new Replaced(refKey(refOf(primary)))
}

/** Of an owner that nobody has said anything about yet nothing can be gone. A schema may say of a new object that its generation 0 was looked at. */
const isNew = (primary: KubeObject): boolean => {
  const status = primary['status'] as { observedGeneration?: number } | undefined
  return status === undefined || status.observedGeneration === 0
}

/** What a pass was about is not there any more. */
export class Replaced extends Error {
  constructor(what: string) {
    super(`${what} was changed, deleted, or replaced by another object of the same name`)
  }
}
