import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Comparison, compare, type Measured, type Unmeasured } from './compare.ts'
import { judge, judgeWithFolds, overall, type Policy, verdicts } from './judgement.ts'
import { pairedOrder } from './specimen.ts'

const hold: Policy = { onInconclusive: 'Hold' }
const pass: Policy = { onInconclusive: 'PassIfNotWorse' }

const accuracy = (won: number, lost: number) => compare(pairedOrder({ rows: 500, won, lost }), { metric: 'accuracy', margin: 0.02 })
const unmeasured = (cause: Unmeasured['cause'], verdict: Unmeasured['verdict'] = 'Error'): Comparison => ({
  verdict,
  metric: 'f1',
  rows: 0,
  cause,
  why: 'of something',
})

describe('a gate', () => {
  it.each([
    ['Better', accuracy(40, 10), 'Pass', 'Pass'],
    ['NonInferior', accuracy(9, 9), 'Pass', 'Pass'],
    ['Worse', accuracy(10, 40), 'Fail', 'Fail'],
    ['Inconclusive', accuracy(35, 35), 'Inconclusive', 'Pass'],
    ['Inconclusive', accuracy(27, 40), 'Inconclusive', 'Inconclusive'],
  ] as const)('makes of %s what its policy says', (verdict, comparison, held, passed) => {
    expect(comparison.verdict).toBe(verdict)
    expect(judge(comparison, hold, 'v5').verdict).toBe(held)
    expect(judge(comparison, pass, 'v5').verdict).toBe(passed)
  })

  it('says when it passes what it could not decide', () => {
    expect(judge(accuracy(35, 35), pass, 'v5').message).toMatch(/; passed, because onInconclusive is PassIfNotWorse$/)
  })

  it('never passes what was not measured, under no policy', () => {
    const settings = fc.record({
      onInconclusive: fc.constantFrom('Hold', 'PassIfNotWorse'),
      onNoData: fc.constantFrom('Error', 'Fail', 'Inconclusive', undefined),
      onNaN: fc.constantFrom('Error', 'Fail', 'Inconclusive', undefined),
    }) as fc.Arbitrary<Policy>
    const cause = fc.constantFrom<Unmeasured['cause']>('Fault', 'NoData', 'NaN', 'TooFewRows', 'NoSpread')
    fc.assert(
      fc.property(settings, cause, fc.constantFrom('Error', 'Inconclusive'), (policy, why, verdict) => {
        expect(judge(unmeasured(why, verdict), policy, 'v5').verdict).not.toBe('Pass')
      }),
    )
  })

  it('takes no data and no number for what its policy says', () => {
    expect(judge(unmeasured('NoData'), hold, 'v5').verdict).toBe('Error')
    expect(judge(unmeasured('NoData'), { ...hold, onNoData: 'Fail' }, 'v5').verdict).toBe('Fail')
    expect(judge(unmeasured('NaN'), { ...hold, onNaN: 'Inconclusive' }, 'v5').verdict).toBe('Inconclusive')
  })

  it('has a message that fits a status', () => {
    const { message } = judge({ ...(accuracy(35, 35) as Measured), metric: 'balanced_accuracy' }, pass, 'v1000000')
    expect(message.length).toBeLessThan(400)
  })
})

describe('a gate with out-of-fold answers', () => {
  const test = { undecided: accuracy(27, 30), undecidedLoss: accuracy(27, 40), better: accuracy(40, 10), worse: accuracy(10, 40) }
  const folded = (won: number, lost: number, rows = 3000) =>
    compare(pairedOrder({ rows, won, lost }), { metric: 'accuracy', margin: 0.02, folds: 5 })
  const judged = (first: Comparison, second: Comparison | string, policy = hold) => judgeWithFolds(first, second, { policy, against: 'v5' })

  it.each([
    ['NonInferior', folded(60, 60), 'Pass'],
    ['Better', folded(150, 40), 'Pass'],
    ['Worse', folded(40, 300), 'Fail'],
    ['Inconclusive', folded(300, 310), 'Inconclusive'],
  ] as const)('lets %s decide where the test rows do not', (verdict, second, expected) => {
    expect(second.verdict).toBe(verdict)
    const { verdict: found, message } = judged(test.undecided, second)
    expect(found).toBe(expected)
    expect(message).toMatch(
      /on 500 rows: .*; out of fold, which compares how both were trained and not the models themselves: accuracy .* on 3,000 training rows in 5 folds, which count as 1,333: /,
    )
  })

  it.each([
    ['better', 'Pass'],
    ['worse', 'Fail'],
  ] as const)('keeps to the test rows when they say %s', (name, expected) => {
    const alone = judge(test[name], hold, 'v5')
    for (const second of [folded(60, 60), folded(40, 300), 'nothing']) expect(judged(test[name], second)).toEqual(alone)
    expect(alone.verdict).toBe(expected)
  })

  it.each([
    ['a text', 'v5 was trained on other rows', 'v5 was trained on other rows'],
    ['a comparison that was not made', unmeasured('TooFewRows', 'Inconclusive'), 'of something'],
    ['a fault', unmeasured('Fault'), 'of something'],
  ] as const)('says with %s why there are none, and keeps the verdict', (_, second, why) => {
    for (const policy of [hold, pass]) {
      const first = judge(test.undecided, policy, 'v5')
      expect(judged(test.undecided, second, policy)).toEqual({ verdict: first.verdict, message: `${first.message}; out of fold: ${why}` })
    }
  })

  it('passes a doubt only when neither has seen a loss beyond the margin', () => {
    const [small, large] = [folded(300, 310), folded(300, 370)]
    expect([small.verdict, large.verdict]).toEqual(['Inconclusive', 'Inconclusive'])
    expect(judged(test.undecided, small, pass)).toMatchObject({ verdict: 'Pass', message: expect.stringMatching(/PassIfNotWorse$/) })
    expect(judged(test.undecided, large, pass).verdict).toBe('Inconclusive')
    expect(judged(test.undecidedLoss, small, pass).verdict).toBe('Inconclusive')
    expect(judged(test.undecidedLoss, small, pass).message).not.toContain('PassIfNotWorse')
  })

  it('has a message that fits a finding', () => {
    const longest = { metric: 'balanced_accuracy' as const }
    const chosen = { ...(folded(300, 310) as Measured), ...longest, chosenFrom: 266 }
    expect(judged({ ...(test.undecided as Measured), ...longest }, chosen, pass).message.length).toBeLessThanOrEqual(512)
  })
})

describe('all gates together', () => {
  it('pass only when there is one and each passes', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts)), judged => {
        expect(overall(judged) === 'Pass').toBe(judged.length > 0 && judged.every(verdict => verdict === 'Pass'))
      }),
    )
  })

  it('say what is final before what is unknown', () => {
    expect(overall(['Pass', 'Error', 'Inconclusive', 'Fail'])).toBe('Fail')
    expect(overall(['Pass', 'Inconclusive', 'Error'])).toBe('Error')
    expect(overall(['Inconclusive', 'Pass'])).toBe('Inconclusive')
    expect(overall([])).toBe('Error')
  })
})
