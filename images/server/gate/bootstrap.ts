// The paired bootstrap: draws the rows again and again, measures both models on each draw, and says how their difference varies.
import { type LabelMetric, measureLabels } from './labelmetrics.ts'
import type { Both, Paired } from './paired.ts'
import { uniforms } from './random.ts'
import { measureScores, type ScoreMetric } from './scoremetrics.ts'
import { type Tally, tally, totals } from './tally.ts'
import type { Interval } from './tango.ts'

export interface Draws {
  resamples: number
  seed: number
  /** How many rows count as one. Default: 1. */
  effect?: number
}

/** Rows drawn, times classes measured: about a second per hundred million. Many rows narrow the interval anyway. */
const MOST_WORK = 400_000_000
const FEWEST_RESAMPLES = 200

const affordable = (resamples: number, work: number) => Math.min(resamples, Math.max(FEWEST_RESAMPLES, Math.floor(MOST_WORK / work)))

export interface Spread extends Interval {
  /** Standard deviation of the difference over the draws: its standard error. */
  deviation: number
  /** How often the difference fell on the other side of zero, for both sides. */
  p: number
}

/** As few rows are drawn as the rows count for: what is drawn then varies as much as they do. */
const counted = ({ rows }: Paired, effect: number) => Math.round(rows / effect)

/**
 * Half a row is added to each class in each direction before drawing: one that only the holder gets right, one that only the
 * challenger does. Without them a metric on which the models happen to agree would have no spread at all, and thirty rows would
 * prove that two models are equal. It is what Agresti and Min (2005) add to the cells of a paired table.
 */
const ADDED = 0.5

/** The tally with the added rows as cells of their own: pairs of cells, which change places when the models do. */
const smoothed = ({ classes, cells }: Tally) => ({
  classes,
  cells: [
    ...cells,
    ...Array.from({ length: classes }, (_, actual) => {
      const other = (actual + 1) % classes
      return [
        { actual, holder: actual, challenger: other },
        { actual, holder: other, challenger: actual },
      ]
    }).flat(),
  ],
})

const exchange = (counts: Float64Array, from: number) => {
  for (let i = from; i < counts.length; i += 2) [counts[i], counts[i + 1]] = [counts[i + 1] as number, counts[i] as number]
}

/**
 * The differences of a metric of labels. Each draw is read twice, the second time with the added rows of both directions
 * exchanged, so that exchanging the models turns the interval round exactly.
 */
export const labelDifferences = (paired: Paired, metric: LabelMetric, { resamples, seed, effect = 1 }: Draws): Float64Array => {
  const { rows, ...plain } = { rows: counted(paired, effect), ...tally(paired) }
  const { classes, cells } = smoothed(plain)
  const [real, each] = [plain.cells.length, paired.rows / rows]
  const counts = new Float64Array(cells.length)
  const uniform = uniforms(seed)
  const measured = (who: keyof Both<unknown>) => measureLabels[metric](totals({ classes, cells }, counts, who))
  const all = rows + ADDED * (cells.length - real)
  const times = affordable(resamples, rows)
  const differences = new Float64Array(2 * times)
  for (let draw = 0; draw < times; draw++) {
    counts.fill(0)
    for (let i = 0; i < rows; i++) {
      const at = uniform() * all
      const cell = at < rows ? (plain.cellOf[Math.floor(at * each)] as number) : real + Math.floor((at - rows) / ADDED)
      counts[cell] = (counts[cell] as number) + 1
    }
    differences[2 * draw] = measured('challenger') - measured('holder')
    exchange(counts, real)
    differences[2 * draw + 1] = measured('challenger') - measured('holder')
  }
  return differences
}

/** The differences of a metric of probabilities; NaN for a draw on which it is not defined. */
export const scoreDifferences = (paired: Paired, metric: ScoreMetric, { resamples, seed, effect = 1 }: Draws): Float64Array => {
  const [challenger, holder] = [measureScores[metric].weighted(paired, 'challenger'), measureScores[metric].weighted(paired, 'holder')]
  const uniform = uniforms(seed)
  const weights = new Uint32Array(paired.rows)
  const classes = metric === 'log_loss' ? 1 : paired.classes.length
  const rows = counted(paired, effect)
  return Float64Array.from({ length: affordable(resamples, rows * classes) }, () => {
    weights.fill(0)
    for (let i = 0; i < rows; i++) {
      const row = Math.floor(uniform() * paired.rows)
      weights[row] = (weights[row] as number) + 1
    }
    return challenger(weights) - holder(weights)
  })
}

/** Between neighbours in proportion, so that the quantiles of the negated values are the negated quantiles. */
const quantile = (sorted: Float64Array, share: number) => {
  const at = share * (sorted.length - 1)
  const [below, above] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number]
  return below + (at - Math.floor(at)) * (above - below)
}

/** The percentile interval, 95%, which always holds what was seen; undefined when half of the draws or more say nothing. */
export const spread = (differences: Float64Array, seen: number): Spread | undefined => {
  const sorted = differences.filter(Number.isFinite).sort()
  if (sorted.length === 0 || sorted.length * 2 <= differences.length) return undefined
  const mean = sorted.reduce((sum, one) => sum + one, 0) / sorted.length
  const variance = sorted.reduce((sum, one) => sum + (one - mean) ** 2, 0) / sorted.length
  const rarer = Math.min(sorted.filter(one => one <= 0).length, sorted.filter(one => one >= 0).length)
  return {
    low: Math.min(seen, quantile(sorted, 0.025)),
    high: Math.max(seen, -quantile(sorted.map(one => -one).sort(), 0.025)),
    deviation: Math.sqrt(variance),
    p: Math.min(1, (2 * (rarer + 1)) / (sorted.length + 1)),
  }
}
