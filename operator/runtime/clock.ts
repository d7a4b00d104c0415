// Decides where time comes from, so that a test need not wait for it.
import { performance } from 'node:perf_hooks'

export interface Clock {
  /** Wall time, for what people read. */
  now(): Date
  /** Milliseconds that never jump, for durations. */
  monotonic(): number
  /** Runs a function later; the answer cancels it. */
  after(milliseconds: number, run: () => void): () => void
}

/** setTimeout fires at once beyond 2^31-1 ms; a day is short enough to be safe and waking early costs one quiet pass. */
const longestTimer = 86_400_000

export const systemClock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, Math.min(Math.max(milliseconds, 0), longestTimer))
    return () => clearTimeout(timer)
  },
}

/** Waits on a clock; an aborted signal ends the wait early, without an error. */
export const pause = (clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal?.aborted) return resolve()
    const finish = () => {
      cancel()
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const cancel = clock.after(milliseconds, finish)
    signal?.addEventListener('abort', finish, { once: true })
  })
