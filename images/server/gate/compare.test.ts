import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ComparedMetric, compare, isMeasured, type Measured, metrics, type Terms } from './compare.ts'
import { simulate } from './operatingtable.ts'
import { type Answers, type Both, type Paired, pair } from './paired.ts'
import { type Order, ordered, pairedOrder, sure } from './specimen.ts'

const measured = (paired: Paired, terms: Terms): Measured => {
  const comparison = compare(paired, { resamples: 200, ...terms })
  if (!isMeasured(comparison)) throw new Error(comparison.why)
  return comparison
}

const accuracy = (order: Order, margin = 0.025) => measured(pairedOrder(order), { metric: 'accuracy', margin })

const order = fc
  .record({ won: fc.nat(40), lost: fc.nat(40), wrong: fc.nat(20), alike: fc.integer({ min: 60, max: 200 }) })
  .map(({ won, lost, wrong, alike }): Order => ({ won, lost, wrong, rows: won + lost + wrong + alike }))

const metric = fc.constantFrom(...metrics)

describe('a comparison on the same rows', () => {
  it.each([
    ['Better', { rows: 500, won: 40, lost: 10 }],
    ['NonInferior', { rows: 2000, won: 100, lost: 100 }],
    ['Worse', { rows: 500, won: 10, lost: 40 }],
    ['Inconclusive', { rows: 500, won: 25, lost: 25 }],
  ] as const)('is %s', (verdict, order) => {
    expect(accuracy(order).verdict).toBe(verdict)
  })

  it('calls a certain loss within the margin NonInferior, however many rows make it certain', () => {
    const small = accuracy({ rows: 10_000, won: 200, lost: 300 }, 0.025)
    expect(small.high).toBeLessThan(0)
    expect(small.verdict).toBe('NonInferior')
    expect(accuracy({ rows: 10_000, won: 200, lost: 300 }, 0.01).verdict).toBe('Worse')
  })

  it('with margin 0 is good enough only when it is Better', () => {
    expect(accuracy({ rows: 500, won: 40, lost: 10 }, 0).verdict).toBe('Better')
    expect(accuracy({ rows: 500, won: 5, lost: 0 }, 0).verdict).toBe('Inconclusive')
    expect(accuracy({ rows: 500, won: 0, lost: 0 }, 0).verdict).toBe('Inconclusive')
  })

  it('needs many rows to call models equal that never differ', () => {
    expect(accuracy({ rows: 100, won: 0, lost: 0 }, 0.01)).toMatchObject({ verdict: 'Inconclusive', rowsNeeded: 381 })
    expect(accuracy({ rows: 400, won: 0, lost: 0 }, 0.01).verdict).toBe('NonInferior')
  })

  it.each(['roc_auc', 'log_loss'] as const)('leaves %s undecided for models that never differ', name => {
    const same = compare(pairedOrder({ rows: 1000, won: 0, lost: 0 }), { metric: name, margin: 0.1 })
    expect(same).toMatchObject({ verdict: 'Inconclusive', cause: 'NoSpread' })
  })

  it('leaves roc_auc undecided for two models that both separate the classes, in whatever order', () => {
    const actual = Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? 'no' : 'yes'))
    const separating = (step: number): Answers => {
      const high = actual.map((label, row) => (label === 'yes' ? 0.6 : 0.1) + ((row * step) % 60) / 200)
      return {
        labels: ['no', 'yes'],
        predicted: high.map(share => Number(share > 0.5)),
        probabilities: high.flatMap(share => [1 - share, share]),
      }
    }
    const paired = pair(actual, { challenger: separating(7), holder: separating(11) })
    expect(compare(paired, { metric: 'roc_auc', margin: 0.01 })).toMatchObject({ verdict: 'Inconclusive', cause: 'NoSpread' })
  })

  it('is mirrored when the models change places', () => {
    fc.assert(
      fc.property(order, metric, (drawn, name) => {
        const terms: Terms = { metric: name, margin: 0.02, resamples: 200 }
        const paired = pairedOrder(drawn)
        const [one, other] = [compare(paired, terms), compare({ ...paired, challenger: paired.holder, holder: paired.challenger }, terms)]
        expect(isMeasured(one)).toBe(isMeasured(other))
        if (!isMeasured(one) || !isMeasured(other)) return
        expect(other.gain).toBeCloseTo(-one.gain, 12)
        expect(other.low).toBeCloseTo(-one.high, 12)
        expect(other.high).toBeCloseTo(-one.low, 12)
        expect(other.p).toBe(one.p)
      }),
      { numRuns: 30 },
    )
  })

  it('of accuracy never turns from Worse to Better, nor back, by rows on which the models agree', () => {
    fc.assert(
      fc.property(order, fc.nat(5000), fc.nat(5000), (drawn, right, wrong) => {
        const more = { ...drawn, rows: drawn.rows + right + wrong, wrong: (drawn.wrong ?? 0) + wrong }
        const verdicts = [accuracy(drawn).verdict, accuracy(more).verdict]
        expect(verdicts.includes('Worse') && verdicts.includes('Better')).toBe(false)
      }),
      { numRuns: 30 },
    )
  })

  it('passes only with rows enough, finite numbers, and a lower end above the margin', () => {
    const margin = fc.constantFrom(0, 0.01, 0.1, 0.5, 1, -0.1, Number.NaN, Number.POSITIVE_INFINITY)
    const minSamples = fc.constantFrom(0, 10, 29.5, 30, 100, 250, Number.NaN, Number.POSITIVE_INFINITY)
    let passed = 0
    fc.assert(
      fc.property(order, fc.record({ metric, margin, minSamples }), (drawn, terms) => {
        const comparison = compare(pairedOrder(drawn), { ...terms, resamples: 200 })
        if (comparison.verdict !== 'Better' && comparison.verdict !== 'NonInferior') return
        passed++
        expect(comparison.rows).toBeGreaterThanOrEqual(Math.max(10, terms.minSamples))
        expect([comparison.low, comparison.high, comparison.gain].every(Number.isFinite)).toBe(true)
        expect(comparison.low).toBeGreaterThan(terms.margin === 0 ? 0 : -terms.margin)
      }),
      { numRuns: 200 },
    )
    expect(passed).toBeGreaterThan(0)
  })
})

describe('what cannot be compared', () => {
  const good = ordered({ rows: 40, won: 3, lost: 3 })
  const terms: Terms = { metric: 'f1', margin: 0.01, resamples: 200 }
  const against = (challenger: Answers, actual = good.actual) => compare(pair(actual, { holder: good.holder, challenger }), terms)
  const changed = (change: Partial<Both<unknown> & Answers>): Answers => ({ ...good.challenger, ...change })
  const shares = [...(good.challenger.probabilities as number[])]

  it.each([
    ['too few answers', against(sure([0, 1])), 'Error', 'answers for 2 rows, but there are 40'],
    ['too few probabilities', against(changed({ probabilities: shares.slice(2) })), 'Error', '78 probabilities'],
    ['NaN', against(changed({ probabilities: shares.with(5, Number.NaN) })), 'Error', 'row 2 with probability NaN'],
    ['a probability of two', against(changed({ probabilities: shares.with(5, 2) })), 'Error', 'row 2 with probability 2'],
    ['probabilities of half', against(changed({ probabilities: shares.map(share => share / 2) })), 'Error', 'add up to 0.5'],
    ['a label that does not exist', against(changed({ predicted: good.actual.map(() => 2) })), 'Error', 'label 2'],
    ['a label between two', against(changed({ predicted: good.actual.map(() => 0.5) })), 'Error', 'label 0.5'],
    ['one label', against(changed({ labels: ['no'] })), 'Error', '1 labels'],
    ['a label twice', against(changed({ labels: ['no', 'no'] })), 'Error', 'two labels of one name'],
    ['rows of an unknown class', against(good.challenger, good.actual.with(3, 'maybe')), 'Error', '"maybe", which neither model knows'],
    ['no rows', compare(pair([], { holder: sure([]), challenger: sure([]) }), terms), 'Error', 'there are no rows'],
    [
      'one row short',
      compare(pairedOrder({ rows: 39, won: 9, lost: 0 }), { ...terms, minSamples: 40 }),
      'Inconclusive',
      '39 rows are fewer',
    ],
    ['no margin', compare(pairedOrder({ rows: 40, won: 9, lost: 0 }), { ...terms, margin: Number.NaN }), 'Error', 'margin is NaN'],
    ['minSamples of none', compare(pairedOrder({ rows: 40, won: 9, lost: 0 }), { ...terms, minSamples: 0 }), 'Error', 'minSamples is 0'],
    ['an unknown metric', compare(pairedOrder({ rows: 40, won: 9, lost: 0 }), { ...terms, metric: 'r2' as ComparedMetric }), 'Error', 'r2'],
  ] as const)('with %s says so', (_, comparison, verdict, why) => {
    expect(comparison.verdict).toBe(verdict)
    expect(isMeasured(comparison) ? '' : comparison.why).toContain(why)
  })

  it('has no roc_auc when a class has no row', () => {
    const actual = good.actual.map(() => 'yes')
    expect(compare(pair(actual, good), { ...terms, metric: 'roc_auc' })).toMatchObject({ verdict: 'Error', cause: 'NaN' })
  })

  it('counts a class that only the challenger knows as one that the holder gets wrong', () => {
    const labels = ['no', 'yes', 'maybe']
    const actual = good.actual.map((label, row) => (row < 20 ? 'maybe' : label))
    const challenger = sure(
      actual.map(label => labels.indexOf(label)),
      labels,
    )
    expect(measured(pair(actual, { holder: good.holder, challenger }) as Paired, { metric: 'accuracy', margin: 0.01 })).toMatchObject({
      verdict: 'Better',
      challenger: 1,
    })
  })

  it('never passes with models that say the same class for every row', () => {
    const same = sure(good.actual.map(() => 0))
    const verdicts = metrics.map(name => compare(pair(good.actual, { holder: same, challenger: same }), { ...terms, metric: name }).verdict)
    expect(new Set(verdicts)).toEqual(new Set(['Inconclusive']))
  })
})

describe('2,000 simulated comparisons of 2,000 rows, 10% discordant, margin 2.5 points', () => {
  const situation = { rows: 2000, discordance: 0.1, margin: 0.025 }

  it('pass at least 92 of 100 equal models', () => {
    expect(simulate({ ...situation, difference: 0 }, 2026).pass).toBeGreaterThanOrEqual(0.92)
  })

  it('pass at most 4 of 100 that are worse by exactly the margin', () => {
    expect(simulate({ ...situation, difference: -0.025 }, 2026).pass).toBeLessThanOrEqual(0.04)
  })

  it('speak with the verdict that the whole comparison has', () => {
    fc.assert(
      fc.property(order, drawn => {
        const { verdict, low, high } = accuracy(drawn)
        const expected = low > 0 ? 'Better' : low > -0.025 ? 'NonInferior' : high < 0 ? 'Worse' : 'Inconclusive'
        expect(verdict).toBe(expected)
      }),
      { numRuns: 30 },
    )
  })
})
