// Decides when a number of replicas is written: only if it differs, and not again while the cache has yet to show it.
import { type Effects, informerOf } from './effects.ts'
import { refKey } from './keys.ts'
import type { Scale } from './shape.ts'
import { isNewer } from './versions.ts'

export const writeScales = async (effects: Effects, scales: Scale[] = []): Promise<void> => {
  for (const scale of scales) await writeScale(effects, scale)
}

const writeScale = async (effects: Effects, { apiVersion, kind, name, replicas }: Scale): Promise<void> => {
  const { client, namespace, memory } = effects
  const { resource, store } = informerOf(effects, { apiVersion, kind })
  const live = store.get(`${namespace}/${name}`)
  const { uid, resourceVersion, deletionTimestamp } = live?.metadata ?? {}
  // Without the object there is nothing to scale yet: its own event brings us back.
  if (!live || deletionTimestamp || (live['spec'] as { replicas?: number } | undefined)?.replicas === replicas) return
  const key = refKey({ apiVersion, kind, namespace, name })
  const last = memory.scaled.get(key)
  if (last?.replicas === replicas && isNewer(last.resourceVersion, resourceVersion)) return
  const change = { metadata: { uid, resourceVersion }, spec: { replicas } }
  const answer = await client.merge(resource, { namespace, name, subresource: 'scale' }, change)
  effects.wrote(kind, 'scale')
  memory.scaled.set(key, { replicas, resourceVersion: answer.metadata.resourceVersion ?? '' })
}
