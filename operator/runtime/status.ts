// Decides whether a status is written: whole, with the version it was computed from as the precondition, and only if it says something new.
import { digestOf, isSameJson } from './canonical.ts'
import { mergeStatus } from './conditions.ts'
import { type Effects, informerOf } from './effects.ts'
import { refKey, refOf } from './keys.ts'
import { confirm } from './owner.ts'
import type { KubeObject, StatusWrite } from './shape.ts'

/** Answers the object as written, or undefined when there was nothing to write. */
export const writeStatus = async (
  effects: Effects,
  { object, status: wanted, reliesOn = [] }: StatusWrite,
): Promise<KubeObject | undefined> => {
  const { client, clock, memory, log } = effects
  const { resource, store } = informerOf(effects, object)
  const status = mergeStatus(wanted, object['status'], clock.now())
  if (isSameJson(status, object['status'])) return undefined
  const { namespace, name, uid = '', resourceVersion } = object.metadata
  const sent = digestOf(status)
  const before = memory.pruned.get(uid)
  if (before?.sent === sent && before.kept === digestOf(object['status'])) return undefined
  await confirm(effects, reliesOn)
  const { apiVersion, kind } = object
  const answer = await client.putStatus(resource, { apiVersion, kind, metadata: { namespace, name, uid, resourceVersion }, status })
  effects.wrote(kind, 'status')
  store.learn(answer)
  const kept = digestOf(answer['status'])
  if (kept === sent) memory.pruned.delete(uid)
  else {
    memory.pruned.set(uid, { sent, kept })
    log.warn({ object: refKey(refOf(object)) }, 'status not kept as written: its schema drops or defaults a field')
  }
  return answer
}
