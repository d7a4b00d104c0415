// A plain watch client that notes when it hears of each object: what any client would have to wait for.
import type { Client } from '../../../operator/runtime/client.ts'
import { keyOf } from '../../../operator/runtime/keys.ts'
import type { ResourceRef } from '../../../operator/runtime/shape.ts'
import type { Write } from './audittail.ts'

export interface Follower {
  /** When the first event about the object of this write came after it, on the clock of the machine. */
  arrival(write: Write): number
  forget(): void
  close(): void
}

export const followChanges = (client: Client, kind: ResourceRef): Follower => {
  const ending = new AbortController()
  const arrivals = new Map<string, number[]>()
  const follow = async () => {
    const { resourceVersion } = await client.list(kind)
    const events = client.watch(kind, { resourceVersion, timeoutSeconds: 3600, silenceMs: 600_000, signal: ending.signal })
    for await (const { type, object } of events) {
      const now = performance.timeOrigin + performance.now()
      if (type !== 'BOOKMARK') arrivals.set(keyOf(object), [...(arrivals.get(keyOf(object)) ?? []), now])
    }
  }
  // A watch that breaks leaves arrivals unknown, which the figures then show.
  follow().catch(() => {})
  return {
    arrival: ({ namespace, name, receivedAt }) =>
      arrivals.get(`${namespace}/${name}`)?.find(at => at >= receivedAt) ?? Number.POSITIVE_INFINITY,
    forget: () => arrivals.clear(),
    close: () => ending.abort(),
  }
}
