// Remembers which requests the API server wants not to be asked for a while, whoever asks and whatever happens meanwhile.
import type { Clock } from './clock.ts'

export interface LeftAlone {
  ask(request: string, milliseconds: number): void
  /** Milliseconds still to be waited; 0 when it may be asked. */
  left(request: string): number
}

export const createLeftAlone = (clock: Clock): LeftAlone => {
  const until = new Map<string, number>()
  const left = (request: string): number => Math.max(0, (until.get(request) ?? 0) - clock.monotonic())
  return {
    left,
    ask(request, milliseconds) {
      // What nobody asks for again would be kept for ever.
      for (const known of until.keys()) if (left(known) === 0) until.delete(known)
      until.set(request, clock.monotonic() + milliseconds)
    },
  }
}
