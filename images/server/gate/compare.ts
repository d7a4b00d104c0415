// Compares a challenger with the holder of a stage on the same rows: by how much one metric differs, how sure that is, and what follows.
import { mcnemar } from './binomial.ts'
import { type Draws, labelDifferences, type Spread, scoreDifferences, spread } from './bootstrap.ts'
import { countedRows, designEffect, type Folds } from './folds.ts'
import { labelMetrics, measureLabels } from './labelmetrics.ts'
import type { Both, Fault, Paired } from './paired.ts'
import { rowsNeeded } from './rowsneeded.ts'
import { differentRows, measureScores, type ScoreMetric, scoreMetrics } from './scoremetrics.ts'
import { tally, totals } from './tally.ts'
import { accuracyInterval, type Discordance, type Interval } from './tango.ts'

export const metrics = [...labelMetrics, ...scoreMetrics] as const
export type ComparedMetric = (typeof metrics)[number]

/** With folds, the answers are out of fold: each row counts less than a test row. */
export interface Terms extends Partial<Pick<Draws, 'resamples' | 'seed'>>, Partial<Folds> {
  metric: ComparedMetric
  /** The loss that does not matter, in units of the metric. */
  margin: number
  /** Below so many rows nothing is decided. */
  minSamples?: number
}

/** An interval for the gain: how much better the challenger is; above zero is better, for log_loss too. */
export interface Measured extends Both<number>, Interval, Partial<Folds> {
  /**
   * In this order, so that the first that holds counts. NonInferior goes before Worse: a loss that is certain but smaller than
   * the margin is one that the owner of the gate said does not matter; the other way round, the same two models would pass with
   * few rows and fail with many.
   */
  verdict: 'Better' | 'NonInferior' | 'Worse' | 'Inconclusive'
  metric: ComparedMetric
  rows: number
  margin: number
  gain: number
  /** Two-sided: McNemar's exact one for accuracy, the bootstrap's for the others. */
  p: number
  /** Rows with which NonInferior is found four times in five when the models are equal; undefined when no number suffices. */
  rowsNeeded?: number
}

/** Nothing was measured, or not enough to say anything; never better, never worse, never good enough. */
export interface Unmeasured {
  verdict: 'Inconclusive' | 'Error'
  metric: ComparedMetric
  rows: number
  cause: 'Fault' | 'NoData' | 'NaN' | 'TooFewRows' | 'NoSpread'
  why: string
}

export type Comparison = Measured | Unmeasured

export const isMeasured = (comparison: Comparison): comparison is Measured => 'gain' in comparison

export const MIN_SAMPLES = 30
/** Below this no interval keeps its promise, whatever a gate asks for. */
const FEWEST = 10
/** Rows that the bootstrap of a metric without known bounds must have seen to differ. */
const FEWEST_DIFFERENT = 10

const badFolds = ({ metric, folds, chosenFrom = 1 }: Terms) => {
  if (folds === undefined) return undefined
  if (!(Number.isInteger(chosenFrom) && chosenFrom >= 1)) return `chosenFrom is ${chosenFrom}; it must be a whole number from 1`
  if (!(Number.isInteger(folds) && folds >= 2)) return `folds is ${folds}; it must be a whole number from 2`
  return isOrdering(metric) ? `${metric} orders the answers of one model, and out-of-fold answers are those of ${folds}` : undefined
}

const badTerms = (terms: Terms) => {
  const { metric, margin, minSamples = MIN_SAMPLES, resamples = 2000 } = terms
  if (!metrics.includes(metric)) return `metric is ${metric}; it must be one of ${metrics.join(', ')}`
  const bounded = metric !== 'log_loss'
  if (!(margin >= 0 && margin < (bounded ? 1 : Number.POSITIVE_INFINITY)))
    return `margin is ${margin}; it must be 0 or more${bounded ? ' and below 1' : ''}`
  if (!(Number.isInteger(minSamples) && minSamples >= FEWEST))
    return `minSamples is ${minSamples}; it must be a whole number from ${FEWEST}`
  if (!(Number.isInteger(resamples) && resamples >= 200)) return `resamples is ${resamples}; it must be a whole number from 200`
  return badFolds(terms)
}

interface Seen extends Both<number> {
  gain: number
}

/** Answers of several models have no order among each other. */
const isOrdering = (metric: ComparedMetric) => metric === 'roc_auc'

const isScore = (metric: ComparedMetric): metric is ScoreMetric => scoreMetrics.includes(metric as ScoreMetric)

const measured = (paired: Paired, metric: ComparedMetric): Seen => {
  const tallied = tally(paired)
  const once = new Uint8Array(paired.rows).fill(1)
  const of = (who: keyof Both<unknown>) =>
    isScore(metric) ? measureScores[metric].weighted(paired, who)(once) : measureLabels[metric](totals(tallied, tallied.counts, who))
  const [challenger, holder] = [of('challenger'), of('holder')]
  return { challenger, holder, gain: sign(metric) * (challenger - holder) }
}

/** Of log_loss less is better. */
const sign = (metric: ComparedMetric) => (metric === 'log_loss' ? -1 : 1)

const discordance = ({ rows, actual, holder, challenger }: Paired, effect: number): Discordance => {
  let [won, lost] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const [mine, other] = [challenger.predicted[row] === actual[row], holder.predicted[row] === actual[row]]
    if (mine && !other) won++
    if (other && !mine) lost++
  }
  return { won: won / effect, lost: lost / effect, rows: rows / effect }
}

const spreadOfAccuracy = (seen: Discordance): Spread => ({
  ...accuracyInterval(seen),
  deviation: Math.sqrt(seen.won + seen.lost) / seen.rows,
  p: mcnemar(seen.won, seen.lost),
})

const spreadOf = (paired: Paired, terms: Terms, gain: number): Spread | undefined => {
  const { metric, resamples = 2000, seed = 1 } = terms
  const effect = designEffect(terms)
  if (metric === 'accuracy') return spreadOfAccuracy(discordance(paired, effect))
  const draws = { resamples, seed, effect }
  const differences = isScore(metric) ? scoreDifferences(paired, metric, draws) : labelDifferences(paired, metric, draws)
  return spread(
    differences.map(one => sign(metric) * one),
    gain,
  )
}

/** The order is that of Measured. */
export const verdictOf = ({ low, high }: Interval, margin: number): Measured['verdict'] => {
  if (low > 0) return 'Better'
  if (low > -margin) return 'NonInferior'
  return high < 0 ? 'Worse' : 'Inconclusive'
}

const noData = (rows: number, terms: Terms): Pick<Unmeasured, 'verdict' | 'cause' | 'why'> | undefined => {
  const { minSamples = MIN_SAMPLES } = terms
  if (rows === 0) return { verdict: 'Error', cause: 'NoData', why: 'there are no rows' }
  const counted = countedRows(rows, terms)
  if (counted >= minSamples) return undefined
  const why = counted === rows ? `${rows} rows are` : `${rows} out-of-fold rows count as ${counted}, which are`
  return { verdict: 'Inconclusive', cause: 'TooFewRows', why: `${why} fewer than minSamples ${minSamples}` }
}

const noSpread = (paired: Paired, terms: Terms) => {
  const { metric } = terms
  const fewest = Math.ceil(FEWEST_DIFFERENT * designEffect(terms))
  const different = isScore(metric) ? differentRows(paired, metric) : fewest
  return different >= fewest
    ? undefined
    : `the models differ on ${different} of ${paired.rows} rows; ${metric} needs ${fewest} to say by how much`
}

/** Every way of this function ends in a verdict; Better and NonInferior are only reached with enough rows and finite numbers. */
export const compare = (paired: Paired | Fault, terms: Terms): Comparison => {
  const { metric, margin, folds, chosenFrom = 1 } = terms
  const rows = 'fault' in paired ? 0 : paired.rows
  const stop = (cause: Unmeasured['cause'], why: string): Unmeasured => {
    return { verdict: cause === 'NoSpread' ? 'Inconclusive' : 'Error', metric, rows, cause, why }
  }
  const fault = badTerms(terms) ?? ('fault' in paired ? paired.fault : undefined)
  if ('fault' in paired || fault !== undefined) return stop('Fault', fault ?? '')
  const short = noData(rows, terms)
  if (short) return { metric, rows, ...short }
  const seen = measured(paired, metric)
  if (!Number.isFinite(seen.gain)) return stop('NaN', `${metric} is not defined on these rows: a class may have none of them`)
  const flat = noSpread(paired, terms)
  if (flat !== undefined) return stop('NoSpread', flat)
  const found = spreadOf(paired, terms, seen.gain)
  if (!found) return stop('NoSpread', `${metric} is not defined on most draws from these rows: a class has too few of them`)
  const { low, high, p, deviation } = found
  return {
    verdict: verdictOf(found, margin),
    metric,
    rows,
    margin,
    ...seen,
    low,
    high,
    p,
    rowsNeeded: rowsNeeded(rows * deviation ** 2, { margin, effect: designEffect(terms) }),
    ...(folds !== undefined && { folds, chosenFrom }),
  }
}
