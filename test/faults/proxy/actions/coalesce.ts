// Holds the events of a watch and tells only where each object ended up.
import type { Effect } from '../effect.ts'
import type { CoalesceAction } from '../fault.ts'
import { byLine, type Outlet } from '../outlet.ts'
import { errorEvent } from '../status.ts'

interface Event {
  type: string
  object: { metadata?: { uid?: string; resourceVersion?: string } }
}

export const coalesce = ({ milliseconds, relist = false }: CoalesceAction, random: () => number): Effect => ({
  through(outlet, { over }) {
    let held: Event[] = []
    let timer: NodeJS.Timeout | undefined
    over.addEventListener('abort', () => clearTimeout(timer), { once: true })
    const release = (): void => {
      timer = undefined
      if (relist) refuse(outlet)
      else for (const event of latest(held)) outlet.write(Buffer.from(`${JSON.stringify(event)}\n`))
      held = []
    }
    const write = byLine(line => {
      held.push(JSON.parse(line.toString()) as Event)
      timer ??= setTimeout(release, milliseconds * (0.5 + random() / 2))
    })
    const end = (): void => {
      clearTimeout(timer)
      if (held.length > 0) release()
      outlet.end()
    }
    return { write, end }
  },
})

const refuse = (outlet: Outlet): void => {
  outlet.write(errorEvent({ status: 410, reason: 'Expired', message: 'too old resource version: the fault proxy forgot it' }))
  outlet.end()
}

/** By uid, so that an object and its successor of the same name stay two; in the order of what is told. */
export const latest = (events: readonly Event[]): Event[] => {
  const byObject = new Map<string, Event>()
  for (const event of events) {
    const key = event.object.metadata?.uid ?? event.type
    const earlier = byObject.get(key)
    byObject.delete(key)
    const joined = join(earlier, event)
    if (joined) byObject.set(key, joined)
  }
  return [...byObject.values()]
}

/** Undefined: it came and went, and nobody need know. */
const join = (earlier: Event | undefined, later: Event): Event | undefined => {
  if (earlier?.type !== 'ADDED') return later
  return later.type === 'DELETED' ? undefined : { ...later, type: 'ADDED' }
}
