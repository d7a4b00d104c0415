// Decides which news is worth an Event: the same news once with a count, and not more than a few a minute about one object.
import type { Clock } from './clock.ts'

/** What to do about one piece of news. */
export type Entry =
  | { act: 'tell' }
  | { act: 'recount'; name: string; count: number }
  /** Told a moment ago; counted, and shown with the next recount. */
  | { act: 'count' }
  | { act: 'drop' }

export interface EventBook {
  /** `news` is the object's uid, type, reason and message; `about` the object alone; `name` the Event that would be made. */
  enter(news: { about: string; news: string; name: string }): Entry
  /** The Event is gone from the cluster: the next time it is told anew. */
  erase(news: string): void
}

interface Told {
  name: string
  count: number
  writtenAt: number
}

/** Kubernetes keeps Events for an hour. */
const forgetMs = 3_600_000
const recountMs = 300_000
const perMinute = 10
const burst = 20
const mostRemembered = 10_000

export const createEventBook = (clock: Clock): EventBook => {
  const told = new Map<string, Told>()
  const allowances = new Map<string, { tokens: number; since: number }>()

  const isAllowed = (about: string): boolean => {
    const now = clock.monotonic()
    const { tokens, since } = allowances.get(about) ?? { tokens: burst, since: now }
    const refilled = Math.min(burst, tokens + ((now - since) / 60_000) * perMinute)
    if (refilled < 1) return false
    remember(allowances, about, { tokens: refilled - 1, since: now })
    return true
  }

  return {
    enter({ about, news, name }) {
      const now = clock.monotonic()
      const known = told.get(news)
      if (!known || now - known.writtenAt >= forgetMs) {
        if (!isAllowed(about)) return { act: 'drop' }
        remember(told, news, { name, count: 1, writtenAt: now })
        return { act: 'tell' }
      }
      known.count += 1
      if (now - known.writtenAt < recountMs || !isAllowed(about)) return { act: 'count' }
      known.writtenAt = now
      return { act: 'recount', name: known.name, count: known.count }
    },
    erase: news => void told.delete(news),
  }
}

/** Maps keep their order of insertion, so the first key is the oldest. */
const remember = <Value>(map: Map<string, Value>, key: string, value: Value): void => {
  map.delete(key)
  map.set(key, value)
  if (map.size > mostRemembered) map.delete(map.keys().next().value as string)
}
