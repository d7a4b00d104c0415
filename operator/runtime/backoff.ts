// Decides how long to wait before the next try: doubling with jitter, and back to the start after success.

export interface BackoffOptions {
  firstMs: number
  longestMs: number
  /** From 0 to 1, as Math.random. */
  random: () => number
}

export interface Backoff {
  /** The next delay: between the half and the whole of a step that doubles each time. */
  next(): number
  reset(): void
}

export const createBackoff = ({ firstMs, longestMs, random }: BackoffOptions): Backoff => {
  let tries = 0
  return {
    next() {
      const step = Math.min(firstMs * 2 ** tries, longestMs)
      tries += 1
      // The first step is not halved, so that one watch never asks more often than once in `firstMs`.
      return step === firstMs ? firstMs * (1 + random() / 2) : step * (0.5 + random() / 2)
    },
    reset() {
      tries = 0
    },
  }
}
