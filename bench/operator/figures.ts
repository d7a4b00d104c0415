// Decides what a row of measurements says: its middle, its spread, and whether it settles a question.

export interface Summary {
  median: number
  min: number
  max: number
  /** Distance between the quarters: the middle half of all values lies within it. */
  iqr: number
  count: number
}

/** Linear between the two nearest values, as most tools do it. */
export const quantile = (values: readonly number[], part: number): number => {
  if (values.length === 0) return Number.NaN
  const sorted = values.toSorted((a, b) => a - b)
  const at = (sorted.length - 1) * part
  const low = sorted[Math.floor(at)] as number
  const high = sorted[Math.ceil(at)] as number
  return low + (high - low) * (at - Math.floor(at))
}

export const summary = (values: readonly number[]): Summary => ({
  median: quantile(values, 0.5),
  min: Math.min(...values),
  max: Math.max(...values),
  iqr: quantile(values, 0.75) - quantile(values, 0.25),
  count: values.length,
})

export interface Target {
  atLeast?: number
  atMost?: number
  /** Fewer values than this settle nothing. */
  values?: number
}

export type Verdict = 'held' | 'missed' | 'no verdict'

/** The effect is how far the middle lies from the target; a spread wider than that settles nothing. */
export const verdict = ({ median, iqr, count }: Summary, { atLeast, atMost, values = 1 }: Target): Verdict => {
  if (!Number.isFinite(median) || count < values) return 'no verdict'
  const margin = atLeast !== undefined ? median - atLeast : (atMost ?? Number.NaN) - median
  // A count such as "0 writes" may lie exactly on its target, and then does not vary.
  if (iqr > Math.abs(margin)) return 'no verdict'
  return margin >= 0 ? 'held' : 'missed'
}
