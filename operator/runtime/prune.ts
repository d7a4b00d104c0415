// Decides what is deleted: what we own by uid and no longer plan, and what the plan names; never what is already going.
import { type Effects, informerOf, plannedRefs } from './effects.ts'
import { isNotFound } from './errors.ts'
import type { Informer } from './informers.ts'
import { refKey, refOf } from './keys.ts'
import { confirmOwner } from './owner.ts'
import type { KubeObject, Plan } from './shape.ts'

export const prune = async (effects: Effects, plan: Plan): Promise<void> => {
  const uid = effects.primary?.metadata.uid
  const planned = plannedRefs(effects, plan)
  for (const informer of uid ? effects.owned : []) {
    for (const object of informer.store.by('owner', uid ?? '')) {
      if (!planned.has(refKey(refOf(object)))) await remove(effects, informer, object)
    }
  }
  for (const object of plan.remove ?? []) await remove(effects, informerOf(effects, object), object)
}

const remove = async (effects: Effects, informer: Informer, object: KubeObject): Promise<void> => {
  if (object.metadata.deletionTimestamp) return
  await confirmOwner(effects)
  try {
    const rest = await effects.client.removeUnchanged(informer.resource, object)
    effects.wrote(object.kind, 'delete')
    if (rest) informer.store.learn(rest)
    else informer.store.unlearn(object)
  } catch (error) {
    // Gone already. A conflict means that it is not what was decided on any more: the next pass looks again.
    if (!isNotFound(error)) throw error
  }
}
