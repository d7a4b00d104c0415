// The metrics that follow from the probabilities, for rows that count as often as they were drawn.
import type { Both, Paired } from './paired.ts'
import { area, placements, type Ranking, ranking } from './ranking.ts'

export const scoreMetrics = ['roc_auc', 'log_loss'] as const
export type ScoreMetric = (typeof scoreMetrics)[number]

type Who = keyof Both<unknown>

interface Measure {
  /** The metric of one model, ready to be measured again under other weights of the rows; NaN where it is not defined. */
  weighted: (paired: Paired, who: Who) => (weights: ArrayLike<number>) => number
  /** Per row, what it adds to the metric: where these are equal for two models, the row says nothing about their difference. */
  parts: (paired: Paired, who: Who) => readonly Float64Array[]
}

/** As the trainer does, so that a probability of zero costs much, but not everything. */
const LEAST = Number.EPSILON

const rowLosses = (paired: Paired, who: Who): Float64Array =>
  Float64Array.from(paired.actual, (actual, row) => {
    const share = paired[who].probabilities[row * paired.classes.length + actual] as number
    return -Math.log(Math.min(Math.max(share, LEAST), 1 - LEAST))
  })

const logLoss: Measure = {
  parts: (paired, who) => [rowLosses(paired, who)],
  weighted: (paired, who) => {
    const losses = rowLosses(paired, who)
    return weights => {
      let [sum, all] = [0, 0]
      for (let row = 0; row < losses.length; row++) {
        sum += (weights[row] as number) * (losses[row] as number)
        all += weights[row] as number
      }
      return sum / all
    }
  },
}

/** Every class against the rest; of two classes the second one, whose area is that of the first as well. */
const rankings = (paired: Paired, who: Who): Ranking[] => {
  const count = paired.classes.length
  const compared = count === 2 ? [1] : [...paired.classes.keys()]
  const scores = (index: number) => paired.actual.map((_, row) => row * count + index)
  return compared.map(index =>
    ranking(
      Float64Array.from(scores(index), at => paired[who].probabilities[at] as number),
      row => paired.actual[row] === index,
    ),
  )
}

const rocAuc: Measure = {
  parts: (paired, who) => rankings(paired, who).map(placements),
  weighted: (paired, who) => {
    const ranked = rankings(paired, who)
    return weights => ranked.reduce((sum, one) => sum + area(one, weights), 0) / ranked.length
  },
}

export const measureScores: Record<ScoreMetric, Measure> = { roc_auc: rocAuc, log_loss: logLoss }

/** Rows whose part in the metric differs between the models. */
export const differentRows = (paired: Paired, metric: ScoreMetric): number => {
  const { parts } = measureScores[metric]
  const [challenger, holder] = [parts(paired, 'challenger'), parts(paired, 'holder')]
  return paired.actual.filter((_, row) => challenger.some((part, i) => part[row] !== holder[i]?.[row])).length
}
