// Rule: what is being deleted is not called back, and gets no new children once the news of its end has had time to spread.
import { controllerOf, finding, type Rule } from './moment.ts'

/** A write that was on its way when its owner went is no fault; a watch tells of it within much less. */
const SPREAD_MS = 2000

export const nothingRevivedRule = (): Rule => {
  const leaving = new Set<string>()
  const goneAt = new Map<string, number>()
  return ({ at, type, object, before }) => {
    const { uid = '', deletionTimestamp } = object.metadata
    const wasGone = goneAt.has(uid)
    if (type === 'DELETED') {
      goneAt.set(uid, at)
      return []
    }
    const calledBack = wasGone || (leaving.has(uid) && !deletionTimestamp)
    if (deletionTimestamp) leaving.add(uid)
    else leaving.delete(uid)
    goneAt.delete(uid)
    if (calledBack) return [finding('what is deleted stays deleted', object, 'it was deleted, and is there again under the same uid')]
    const owner = controllerOf(object)
    const ended = goneAt.get(owner?.uid ?? '')
    // What Kubernetes' own controllers make is not the operator's.
    if (before || !owner?.apiVersion.startsWith('tidegate.io/') || ended === undefined || at - ended <= SPREAD_MS) return []
    const told = `it was made ${at - ended} ms after its owner ${owner.kind}/${owner.name} was deleted`
    return [finding('what is deleted stays deleted', object, told)]
  }
}
