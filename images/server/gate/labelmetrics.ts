// The metrics that follow from the labels alone, by the definitions under which the trainer measured them.
import type { Totals } from './tally.ts'

export const labelMetrics = ['accuracy', 'balanced_accuracy', 'precision', 'recall', 'f1'] as const
export type LabelMetric = (typeof labelMetrics)[number]

/** The mean over the classes that occur; a ratio whose denominator is zero is zero. */
const mean = ({ actual }: Totals, value: (of: number) => readonly [part: number, whole: number, occurs: boolean]) => {
  let sum = 0
  let classes = 0
  for (let i = 0; i < actual.length; i++) {
    const [part, whole, occurs] = value(i)
    if (!occurs) continue
    classes++
    if (whole > 0) sum += part / whole
  }
  return classes === 0 ? Number.NaN : sum / classes
}

const sum = (numbers: Float64Array) => numbers.reduce((all, one) => all + one, 0)

const at = (numbers: Float64Array, index: number) => numbers[index] as number

export const measureLabels: Record<LabelMetric, (totals: Totals) => number> = {
  accuracy: ({ right, actual }) => sum(right) / sum(actual),
  balanced_accuracy: t => mean(t, i => [at(t.right, i), at(t.actual, i), at(t.actual, i) > 0]),
  precision: t => mean(t, i => [at(t.right, i), at(t.predicted, i), at(t.actual, i) + at(t.predicted, i) > 0]),
  recall: t => mean(t, i => [at(t.right, i), at(t.actual, i), at(t.actual, i) + at(t.predicted, i) > 0]),
  f1: t => mean(t, i => [2 * at(t.right, i), at(t.actual, i) + at(t.predicted, i), at(t.actual, i) + at(t.predicted, i) > 0]),
}
