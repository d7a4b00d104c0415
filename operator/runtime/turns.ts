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
  next(): Turn | undefined
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
    next() {
      const [name, lane] = first(lanes) ?? []
      const [key, addedAt] = (lane && first(lane)) ?? []
      if (name === undefined || lane === undefined || key === undefined || addedAt === undefined) return undefined
      lane.delete(key)
      lanes.delete(name)
      if (lane.size > 0) lanes.set(name, lane)
      size--
      return { key, addedAt }
    },
    clear() {
      lanes.clear()
      size = 0
    },
  }
}

const laneOf = (key: Key): string => parseKey(key).namespace

const first = <Name, Value>(map: ReadonlyMap<Name, Value>): [Name, Value] | undefined => map.entries().next().value
