// A clock for tests that moves only when told to; what is due runs in order of time, then of planning.
import type { Clock } from './clock.ts'

export interface ManualClock extends Clock {
  advance(milliseconds: number): void
  /** How many timers wait: a stopped thing must leave none behind. */
  pending(): number
}

interface Timer {
  due: number
  run: () => void
}

export const manualClock = (start = Date.parse('2026-01-01T00:00:00Z')): ManualClock => {
  let elapsed = 0
  const timers = new Set<Timer>()
  const next = (until: number) => [...timers].filter(timer => timer.due <= until).sort((a, b) => a.due - b.due)[0]
  return {
    now: () => new Date(start + elapsed),
    monotonic: () => elapsed,
    after(milliseconds, run) {
      const timer = { due: elapsed + Math.max(milliseconds, 0), run }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    advance(milliseconds) {
      const until = elapsed + milliseconds
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer)
        elapsed = Math.max(elapsed, timer.due)
        timer.run()
      }
      elapsed = until
    },
    pending: () => timers.size,
  }
}
