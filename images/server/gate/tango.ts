// The interval of the difference between two accuracies on the same rows.
import { mcnemar } from './binomial.ts'

export const Z95 = 1.959963984540054

export interface Interval {
  low: number
  high: number
}

/** Rows that only the challenger gets right, that only the holder does, and all of them. */
export interface Discordance {
  won: number
  lost: number
  rows: number
}

/** How far a true difference is from what was seen, in standard errors that hold if it is the true one (Tango 1998, eq. 12–14). */
const score = ({ won, lost, rows }: Discordance, difference: number) => {
  const b = (2 * rows - won + lost) * difference - won - lost
  const c = -lost * difference * (1 - difference)
  const likeliestLost = (Math.sqrt(Math.max(0, b * b - 8 * rows * c)) - b) / (4 * rows)
  const variance = rows * (2 * likeliestLost + difference * (1 - difference))
  const distance = won - lost - rows * difference
  if (variance > 0) return distance / Math.sqrt(variance)
  return distance === 0 ? 0 : distance * Number.POSITIVE_INFINITY
}

/** The smallest difference that the rows do not contradict; a bisection, since the score falls as the difference grows. */
const lowest = (seen: Discordance) => {
  let [below, above] = [-1, (seen.won - seen.lost) / seen.rows]
  for (let i = 0; i < 52; i++) {
    const middle = (below + above) / 2
    if (score(seen, middle) > Z95) below = middle
    else above = middle
  }
  return below
}

/**
 * Tango's score interval, 95%. It is the set of differences that the score test for paired proportions does not reject, so
 * "its lower end is above −margin" IS that test of non-inferiority. Unlike the bootstrap and Wald's interval it keeps its
 * coverage when few rows differ: without any, it is ±z²/(n+z²), not ±0.
 */
export const tango = (seen: Discordance): Interval => ({
  low: lowest(seen),
  high: -lowest({ won: seen.lost, lost: seen.won, rows: seen.rows }),
})

/**
 * Tango's interval, reaching to zero unless McNemar's exact test excludes zero as well: with four rows won and none lost the
 * score test is sure already, although one in eight such draws of equal models looks like that.
 */
export const accuracyInterval = (seen: Discordance): Interval => {
  const interval = tango(seen)
  const excludesZero = interval.low > 0 || interval.high < 0
  if (!excludesZero || mcnemar(seen.won, seen.lost) < 0.05) return interval
  return { low: Math.min(interval.low, 0), high: Math.max(interval.high, 0) }
}
