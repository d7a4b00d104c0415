import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComparedMetric, compare, isMeasured } from './compare.ts'
import { type Paired, pair } from './paired.ts'
import { area, placements, ranking } from './ranking.ts'

const LABELS = ['a', 'b', 'c']

interface Row {
  actual: number
  scores: readonly [number, number, number]
}

const row = fc.record({ actual: fc.nat(2), scores: fc.tuple(fc.nat(4), fc.nat(4), fc.nat(4)) })
const drawnRows = fc.array(row, { minLength: 40, maxLength: 80 })

const shares = ({ scores }: Row) => scores.map(score => (score + 1) / (scores[0] + scores[1] + scores[2] + 3))
const predicted = ({ scores }: Row) => scores.indexOf(Math.max(...scores))

/** The rows against a model that always says the class of the row before. */
const pairedWith = (rows: readonly Row[]): Paired => {
  const before = rows.map((_, i) => (rows.at(i - 1) as Row).actual)
  const challenger = { labels: LABELS, predicted: rows.map(predicted), probabilities: rows.flatMap(shares) }
  const holder = { labels: LABELS, predicted: before, probabilities: before.flatMap(label => LABELS.map((_, i) => Number(i === label))) }
  const paired = pair(
    rows.map(({ actual }) => LABELS[actual] as string),
    { holder, challenger },
  )
  if ('fault' in paired) throw new Error(paired.fault)
  return paired
}

const measured = (rows: readonly Row[], metric: ComparedMetric) => {
  const comparison = compare(pairedWith(rows), { metric, margin: 0.1, resamples: 200 })
  return isMeasured(comparison) ? comparison.challenger : Number.NaN
}

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole)
const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

/** Per class that occurs, from the definitions. */
const perClass = (rows: readonly Row[], value: (right: number, actual: number, said: number) => number) =>
  mean(
    [0, 1, 2]
      .map(label => {
        const of = (is: (one: Row) => boolean) => rows.filter(is).length
        return [
          of(one => one.actual === label && predicted(one) === label),
          of(one => one.actual === label),
          of(one => predicted(one) === label),
        ] as const
      })
      .filter(([, actual, said]) => actual + said > 0)
      .map(([right, actual, said]) => value(right, actual, said)),
  )

const byPairs = (positive: readonly number[], negative: readonly number[]) =>
  mean(positive.flatMap(up => negative.map(down => (up > down ? 1 : up === down ? 0.5 : 0))))

const definitions: Record<ComparedMetric, (rows: readonly Row[]) => number> = {
  accuracy: rows => mean(rows.map(one => Number(predicted(one) === one.actual))),
  balanced_accuracy: rows =>
    mean(
      [0, 1, 2]
        .map(label => rows.filter(one => one.actual === label))
        .filter(of => of.length > 0)
        .map(of => mean(of.map(one => Number(predicted(one) === one.actual)))),
    ),
  precision: rows => perClass(rows, (right, _, said) => ratio(right, said)),
  recall: rows => perClass(rows, (right, actual) => ratio(right, actual)),
  f1: rows => perClass(rows, (right, actual, said) => ratio(2 * right, actual + said)),
  roc_auc: rows =>
    mean(
      [0, 1, 2].map(label => {
        const scores = (is: boolean) => rows.filter(one => (one.actual === label) === is).map(one => shares(one)[label] as number)
        return byPairs(scores(true), scores(false))
      }),
    ),
  log_loss: rows => mean(rows.map(one => -Math.log(shares(one)[one.actual] as number))),
}

describe('the metrics', () => {
  it.each(Object.keys(definitions) as ComparedMetric[])('have %s as it is defined', metric => {
    fc.assert(
      fc.property(drawnRows, rows => {
        fc.pre(new Set(rows.map(({ actual }) => actual)).size === 3)
        expect(measured(rows, metric)).toBeCloseTo(definitions[metric](rows), 10)
      }),
      { numRuns: 6 },
    )
  })

  it('weigh a row that was drawn twice as two rows', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ score: fc.nat(5), positive: fc.boolean(), weight: fc.nat(3) }), { maxLength: 30 }), rows => {
        const expanded = rows.flatMap(one => Array.from({ length: one.weight }, () => one))
        const weighted = area(
          ranking(
            Float64Array.from(rows, ({ score }) => score),
            i => rows[i]?.positive === true,
          ),
          rows.map(({ weight }) => weight),
        )
        const scores = (is: boolean) => expanded.filter(({ positive }) => positive === is).map(({ score }) => score)
        const expected = byPairs(scores(true), scores(false))
        expect(Number.isNaN(weighted)).toBe(Number.isNaN(expected))
        if (!Number.isNaN(expected)) expect(weighted).toBeCloseTo(expected, 10)
      }),
    )
  })

  it('place a row by the rows of the other side below it', () => {
    const scores = Float64Array.from([1, 2, 2, 3, 0])
    const positives = [false, true, false, true, true]
    expect([...placements(ranking(scores, row => positives[row] === true))]).toEqual([1, 1.5, 1.5, 2, 0])
  })
})
