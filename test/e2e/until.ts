// Waits for something to become true on a real cluster, and says what it last looked like when it does not.
import { setTimeout as sleep } from 'node:timers/promises'

const PAUSE_MS = 250
const LONGEST_TOLD = 4000

export interface Patience {
  /** Seconds. */
  within: number
  /** What is waited for, in words: the beginning of the error. */
  what: string
  /** Milliseconds between two looks. */
  pause?: number
}

/** Looks again and again until `holds`; what was seen then comes back. */
export const until = async <Seen>(
  look: () => Promise<Seen> | Seen,
  holds: (seen: Seen) => boolean,
  { within, what, pause = PAUSE_MS }: Patience,
): Promise<Seen> => {
  let last = 'nothing yet'
  for (const end = Date.now() + within * 1000; ; await sleep(pause)) {
    try {
      const seen = await look()
      if (holds(seen)) return seen
      last = told(seen)
    } catch (error) {
      last = error instanceof Error ? error.message : String(error)
    }
    if (Date.now() > end) throw new Error(`${what}: not within ${within} s; last seen: ${last.slice(0, LONGEST_TOLD)}`)
  }
}

const told = (seen: unknown): string => (typeof seen === 'string' ? seen : (JSON.stringify(seen, undefined, 1) ?? String(seen)))
