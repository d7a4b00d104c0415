// Decides whether an object is still what the cache shows: an owner, before something is made that it may have had before, or is taken from
// it; and what the status of another object rests on.
//
// Each kind has a watch of its own, and one may be behind the others: then the children of an owner that is gone look as if somebody had
// deleted them, and whatever is made for it is taken by the garbage collector at once, again and again.
import { type Effects, informerOf } from './effects.ts'
import { refKey, refOf } from './keys.ts'
import type { Belief, KubeObject } from './shape.ts'
import { isNewer } from './versions.ts'

/** Throws when the owner is going, gone, another object, or has changed. */
export const confirmOwner = async (effects: Effects): Promise<void> => {
  const { primary } = effects
  if (!primary || isNew(primary)) return
  await confirm(effects, [{ ...refOf(primary), seen: primary.metadata }])
  if (primary.metadata.deletionTimestamp) throw new Replaced(refKey(refOf(primary)))
}

/** Asks the API server, once in a pass, whether these are there, or missing, as the plan saw them; throws when one of them is not. */
export const confirm = async (effects: Effects, beliefs: readonly Belief[]): Promise<void> => {
  for (const belief of beliefs) {
    if (effects.sure.has(refKey(belief))) continue
    await confirmOne(effects, belief)
    effects.sure.add(refKey(belief))
  }
}

/** The cache may have moved on since the plan was made, so it is not asked. */
const confirmOne = async (effects: Effects, { seen, ...ref }: Belief): Promise<void> => {
  const { resource, store } = informerOf(effects, ref)
  const live = await effects.client.get(resource, { namespace: ref.namespace, name: ref.name })
  if (live?.metadata.uid === seen?.uid && !isNewer(live?.metadata.resourceVersion, seen?.resourceVersion)) return
  if (live) store.learn(live)
  else if (seen) store.unlearn({ ...ref, metadata: seen })
  throw new Replaced(refKey(ref))
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
