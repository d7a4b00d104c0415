// Decides when an owner with refused children is looked at again: not before its own time, and in one namespace one after the other.
// Five hundred refused owners that all come back at once would be a burden on every other namespace.
import { parseKey } from './keys.ts'
import type { Key } from './shape.ts'

/** Owners of one namespace are looked at at least so far apart. */
const slotMs = 500

/** The moments at which owners are looked at again; an owner has one. Times are monotonic milliseconds. */
export interface RetrySlots {
  /** The first free moment from `earliest` on; it takes the place of the one the owner had. */
  take(key: Key, earliest: number): number
  free(key: Key): void
  /** Of the owners that wait in this namespace those whose turn is next; they lose their slots. */
  bringForward(namespace: string, most: number): Key[]
}

export const createRetrySlots = (): RetrySlots => {
  /** By namespace: who has which slot. */
  const calendars = new Map<string, Map<number, Key>>()
  const slotOf = new Map<Key, number>()
  const calendarOf = (namespace: string) => {
    const calendar = calendars.get(namespace) ?? new Map<number, Key>()
    calendars.set(namespace, calendar)
    return calendar
  }
  const free = (key: Key): void => {
    const slot = slotOf.get(key)
    if (slot === undefined) return
    slotOf.delete(key)
    const { namespace } = parseKey(key)
    const calendar = calendarOf(namespace)
    calendar.delete(slot)
    if (calendar.size === 0) calendars.delete(namespace)
  }
  return {
    free,
    take(key, earliest) {
      free(key)
      const calendar = calendarOf(parseKey(key).namespace)
      let slot = Math.floor(earliest / slotMs)
      while (calendar.has(slot)) slot++
      calendar.set(slot, key)
      slotOf.set(key, slot)
      return Math.max(earliest, slot * slotMs)
    },
    bringForward(namespace, most) {
      const first = [...(calendars.get(namespace) ?? [])].toSorted(([a], [b]) => a - b).slice(0, most)
      return first.map(([, key]) => {
        free(key)
        return key
      })
    },
  }
}
