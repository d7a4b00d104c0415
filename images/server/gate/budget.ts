// Holds a version to numbers that it must stay below: latency, size, and how much better it does on the rows that it knows.
import { cumulative } from './binomial.ts'
import { type ComparedMetric, MIN_SAMPLES } from './compare.ts'
import type { Judgement } from './judgement.ts'

const error = (message: string): Judgement => ({ verdict: 'Error', message })

const isAmount = (value: number) => Number.isFinite(value) && value > 0

export interface LatencyBudget {
  /** Which latency is meant: 0.99 for the 99th percentile. */
  quantile: number
  /** It must not be above this, in milliseconds. */
  atMost: number
}

/**
 * The places in the sorted measurements between which the true quantile lies, 95%, whatever the distribution: how many
 * measurements are below it is binomial. A place outside the measurements means that there are too few for a bound.
 */
const places = (samples: number, quantile: number) => {
  const below = cumulative(samples, samples, quantile)
  return { lower: below.findLastIndex(share => share <= 0.025), upper: below.findIndex(share => share >= 0.975) }
}

/** With fewer measurements the largest of them may still be below the quantile. */
export const fewestFor = (quantile: number) => Math.ceil(Math.log(0.025) / Math.log(quantile))

const shown = (milliseconds: number) => `${Number(milliseconds.toPrecision(3))} ms`

const complaintAbout = (milliseconds: readonly number[], { quantile, atMost }: LatencyBudget) => {
  if (!(quantile > 0 && quantile < 1)) return `quantile is ${quantile}; it must be between 0 and 1`
  if (!isAmount(atMost)) return `the latency budget is ${atMost} ms; it must be above 0`
  if (milliseconds.length === 0) return 'no latency was measured'
  return milliseconds.every(one => Number.isFinite(one) && one >= 0) ? undefined : 'a measured latency is not a number'
}

/** Pass and Fail when the interval of the quantile is on one side of the budget, else Inconclusive. */
export const judgeLatency = (milliseconds: readonly number[], budget: LatencyBudget): Judgement => {
  const complaint = complaintAbout(milliseconds, budget)
  if (complaint !== undefined) return error(complaint)
  const { quantile, atMost } = budget
  const samples = milliseconds.length
  const sorted = Float64Array.from(milliseconds).sort()
  const { lower, upper } = places(samples, quantile)
  const [low, high] = [sorted[lower] ?? 0, sorted[upper] ?? Number.POSITIVE_INFINITY]
  const point = sorted[Math.ceil(quantile * samples) - 1] as number
  const ends = high === Number.POSITIVE_INFINITY ? `from ${shown(low)}` : `${shown(low)} to ${shown(high)}`
  const name = `p${Number((quantile * 100).toPrecision(6))}`
  const message = `${name} ${shown(point)} of ${samples} requests (95% CI ${ends}), budget ${shown(atMost)}`
  const fewest = Math.max(MIN_SAMPLES, fewestFor(quantile))
  if (samples < MIN_SAMPLES || (low <= atMost && high > atMost)) {
    return { verdict: 'Inconclusive', message: `${message}; measure ${samples < fewest ? `${fewest} or more` : 'more requests'}` }
  }
  return { verdict: high <= atMost ? 'Pass' : 'Fail', message }
}

const mebibytes = (bytes: number) => `${Number((bytes / 2 ** 20).toPrecision(3))} MiB`

export const judgeSize = (bytes: number, atMost: number): Judgement => {
  if (!isAmount(atMost)) return error(`the size limit is ${atMost} bytes; it must be above 0`)
  if (!isAmount(bytes)) return error(`the size of the bundle is ${bytes} bytes, which cannot be`)
  const fits = bytes <= atMost
  return {
    verdict: fits ? 'Pass' : 'Fail',
    message: `bundle ${mebibytes(bytes)} (${bytes} bytes) ${fits ? '≤' : '>'} ${mebibytes(atMost)}`,
  }
}

/** One metric on the rows that the model was trained on and on those that it never saw. */
export interface Fit {
  metric: ComparedMetric
  trained: number
  tested: number
}

/** Overfitting: how much of what the model shows on the rows that it knows is gone on the others. */
export const judgeGap = ({ metric, trained, tested }: Fit, atMost: number): Judgement => {
  if (!(Number.isFinite(atMost) && atMost >= 0)) return error(`the largest gap is ${atMost}; it must be 0 or more`)
  const gap = metric === 'log_loss' ? tested - trained : trained - tested
  if (!Number.isFinite(gap)) return error(`${metric} is not a number on training rows or on test rows`)
  const fits = gap <= atMost
  const numbers = `${metric} ${trained.toFixed(3)} on training rows, ${tested.toFixed(3)} on test rows`
  return { verdict: fits ? 'Pass' : 'Fail', message: `${numbers}: gap ${Number(gap.toPrecision(3))} ${fits ? '≤' : '>'} ${atMost}` }
}
