// Rule: an InferenceService that was Ready once has a ready pod behind its address at every moment until it is deleted.
import { finding, onceWhile, type Rule } from './moment.ts'
import { entryPods, saysReady, statusOf } from './servingpods.ts'

const MATTERS = ['InferenceService', 'Service', 'Pod']

export const entryPodRule = (): Rule => {
  const wasReady = new Set<string>()
  const isNew = onceWhile()
  return ({ object, world }) => {
    if (!MATTERS.includes(object.kind)) return []
    return world.list('InferenceService', object.metadata.namespace ?? '').flatMap(service => {
      const { uid = '', deletionTimestamp } = service.metadata
      if (saysReady(service)) wasReady.add(uid)
      const isBare = wasReady.has(uid) && !deletionTimestamp && entryPods(service, world).length === 0
      if (!isNew(uid, isBare)) return []
      const last = `${object.kind} ${object.metadata.name}`
      return [
        finding('an entry pod is ready', service, `no ready pod is behind version ${statusOf(service).entry} after a change of ${last}`),
      ]
    })
  }
}
