// When it is worth another look though nothing has happened: a soak or a freeze ends, an approval expires, a version grows old.
import { count } from './approvals.ts'
import type { Prospects } from './ladder.ts'

/** Seconds from now; a little later than the moment itself, so that it has come by then. */
export const nextLook = (prospects: Prospects, now: Date, another?: Date): number | undefined => {
  const ends = [...prospects.values()].flatMap(({ door, kept }) => [kept?.until, count(door, door.decisions).until])
  const moments = [...ends, another].flatMap(end => (end ? [end.getTime()] : []))
  return moments.length === 0 ? undefined : Math.max(1, Math.ceil((Math.min(...moments) - now.getTime()) / 1000))
}
