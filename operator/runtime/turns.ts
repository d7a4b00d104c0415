// Decides whose turn it is: namespaces one after the other, the keys of one namespace in the order they came.
import { parseKey } from './keys.ts'
import type { Key } from './shape.ts'

export interface Turn {
  key: Key
  addedAt: number
}

/** Keys that wait. Five hundred of one namespace are no longer a wait for another one than a single key is. */
export interface Turns {
  readonly size: number
  has(key: Key): boolean
  /** A key that is not here yet. */
  add(turn: Turn): void
  /** Of the first namespace that may have one. */
  next(mayHave: (namespace: string) => boolean): Turn | undefined
  clear(): void
}

export const createTurns = (): Turns => {
  /** By namespace; the first one is next, and goes to the end when it had its turn. */
  const lanes = new Map<string, Map<Key, number>>()
  let size = 0
  return {
    get size() {
      return size
    },
    has: key => lanes.get(laneOf(key))?.has(key) ?? false,
    add({ key, addedAt }) {
      const lane = lanes.get(laneOf(key)) ?? new Map<Key, number>()
      lanes.set(laneOf(key), lane.set(key, addedAt))
      size++
    },
    next(mayHave) {
      for (const [namespace, lane] of lanes) {
        if (!mayHave(namespace)) continue
        const [key, addedAt] = lane.entries().next().value as [Key, number]
        lane.delete(key)
        lanes.delete(namespace)
        if (lane.size > 0) lanes.set(namespace, lane)
        size--
        return { key, addedAt }
      }
      return undefined
    },
    clear() {
      lanes.clear()
      size = 0
    },
  }
}

const laneOf = (key: Key): string => parseKey(key).namespace
