import { describe, expect, it } from 'vitest'
import { compare, isMeasured, type Measured, type Terms, verdictOf } from './compare.ts'
import { countedRows, designEffect } from './folds.ts'
import { uniforms } from './random.ts'
import { sentence } from './sentence.ts'
import { type Order, pairedOrder } from './specimen.ts'
import { accuracyInterval, type Discordance } from './tango.ts'

const measured = (order: Order, terms: Partial<Terms> = {}): Measured => {
  const found = compare(pairedOrder(order), { metric: 'accuracy', margin: 0.025, resamples: 400, ...terms })
  if (!isMeasured(found)) throw new Error(found.why)
  return found
}
const widthOf = ({ low, high }: Measured) => high - low

describe('an out-of-fold row', () => {
  it('counts less than half of a test row, and a test row is one', () => {
    expect([2, 5, 10, 20].map(folds => designEffect({ folds }).toFixed(3))).toEqual(['3.000', '2.250', '2.111', '2.053'])
    expect(designEffect({})).toBe(1)
    expect([countedRows(480, { folds: 5 }), countedRows(480, {})]).toEqual([213, 480])
  })

  it('counts the less, the more candidates were ranked by it', () => {
    // Squares of the normal quantiles at 1 − 0.025/m, as tables have them, by that of m = 1: 1.9600, 2.2414, 2.4977, 2.9552, 3.7308.
    const expected = [1, (2.2414 / 1.96) ** 2, (2.4977 / 1.96) ** 2, (2.9552 / 1.96) ** 2, (3.7308 / 1.96) ** 2]
    for (const [i, chosenFrom] of [1, 2, 4, 16, 262].entries())
      expect(designEffect({ folds: 5, chosenFrom }) / 2.25).toBeCloseTo(expected[i] as number, 3)
  })
})

describe('a comparison of out-of-fold answers', () => {
  const order = { rows: 2000, won: 120, lost: 100 }

  it.each(['accuracy', 'f1', 'log_loss'] as const)('by %s is as unsure as one of so many fewer rows', metric => {
    const [plain, folded] = [measured(order, { metric }), measured(order, { metric, folds: 5 })]
    expect(folded.gain).toBe(plain.gain)
    expect(widthOf(folded) / widthOf(plain)).toBeGreaterThan(1.35)
    expect(widthOf(folded) / widthOf(plain)).toBeLessThan(1.65)
    expect(folded.low).toBeLessThan(plain.low)
    expect(folded.high).toBeGreaterThan(plain.high)
  })

  it('is Tango’s interval of the counts divided', () => {
    const [folded, fewer] = [measured({ rows: 900, won: 36, lost: 18 }, { folds: 5 }), measured({ rows: 400, won: 16, lost: 8 })]
    expect(folded.low).toBeCloseTo(fewer.low, 12)
    expect(folded.high).toBeCloseTo(fewer.high, 12)
    expect(folded.p).toBe(fewer.p)
  })

  it('takes more rows won than a test on test rows to be Better', () => {
    expect(measured({ rows: 300, won: 9, lost: 1 }).verdict).toBe('Better')
    expect(measured({ rows: 300, won: 9, lost: 1 }, { folds: 5 }).verdict).toBe('NonInferior')
    expect(measured({ rows: 300, won: 30, lost: 4 }, { folds: 5 }).verdict).toBe('Better')
  })

  it('needs more rows, and says that they are training rows', () => {
    const [plain, folded] = [measured({ rows: 200, won: 20, lost: 20 }), measured({ rows: 200, won: 20, lost: 20 }, { folds: 5 })]
    expect((folded.rowsNeeded as number) / (plain.rowsNeeded as number)).toBeCloseTo(2.25, 2)
    expect(sentence(folded, 'v5')).toMatch(
      /^accuracy 0\.900 vs 0\.900 of v5 on 200 training rows in 5 folds, which count as 88: .*: Inconclusive; about [\d,]+ training rows would decide$/,
    )
  })

  it('says what it owes to a choice, and is as unsure', () => {
    const order = { rows: 1000, won: 28, lost: 28 }
    const [alone, chosen] = [measured(order, { folds: 5 }), measured(order, { folds: 5, chosenFrom: 4 })]
    expect([alone.verdict, chosen.verdict]).toEqual(['NonInferior', 'Inconclusive'])
    expect(widthOf(chosen) / widthOf(alone)).toBeCloseTo(2.4977 / 1.96, 1)
    expect(sentence(chosen, 'v5')).toContain('of v5 on 1,000 training rows in 5 folds, which count as 273, having chosen the best of 4: ')
  })

  it('counts its rows before it takes them for enough', () => {
    const found = compare(pairedOrder({ rows: 60, won: 3, lost: 3 }), { metric: 'accuracy', margin: 0.1, folds: 5 })
    expect(found).toMatchObject({ verdict: 'Inconclusive', cause: 'TooFewRows' })
    expect(sentence(found, 'v5')).toContain('60 out-of-fold rows count as 26, which are fewer than minSamples 30')
  })

  it.each([
    [
      'roc_auc',
      { metric: 'roc_auc' as const, folds: 5 },
      'roc_auc orders the answers of one model, and out-of-fold answers are those of 5',
    ],
    ['a choice among none', { folds: 5, chosenFrom: 0 }, 'chosenFrom is 0; it must be a whole number from 1'],
    ['a single fold', { folds: 1 }, 'folds is 1; it must be a whole number from 2'],
  ])('is refused with %s', (_, terms, complaint) => {
    expect(compare(pairedOrder(order), { metric: 'accuracy', margin: 0.025, ...terms })).toMatchObject({ verdict: 'Error', why: complaint })
  })
})

describe('the best of several candidates that are all worse by the margin', () => {
  const [rows, candidates, margin, differ] = [400, 8, 0.05, 0.2]
  const uniform = uniforms(7)
  const drawn = (): Discordance => {
    let [won, lost] = [0, 0]
    for (let row = 0; row < rows; row++) {
      const at = uniform()
      if (at < (differ - margin) / 2) won++
      else if (at < differ) lost++
    }
    return { won, lost, rows }
  }
  const best = () =>
    Array.from({ length: candidates }, drawn).reduce((first, next) => (next.won - next.lost > first.won - first.lost ? next : first))
  const contests = Array.from({ length: 1000 }, best)
  const passing = (effect: number) =>
    contests.filter(({ won, lost }) =>
      ['Better', 'NonInferior'].includes(
        verdictOf(accuracyInterval({ won: won / effect, lost: lost / effect, rows: rows / effect }), margin),
      ),
    ).length / contests.length

  it('passes by luck, unless its rows count less for the choice', () => {
    expect(passing(1)).toBeGreaterThan(0.1)
    const choice = designEffect({ folds: 5, chosenFrom: candidates }) / designEffect({ folds: 5 })
    expect(passing(choice)).toBeLessThan(0.04)
    expect(passing(choice)).toBeGreaterThan(0.005)
  })
})
