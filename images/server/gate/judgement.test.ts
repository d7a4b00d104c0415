import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Comparison, compare, type Measured, type Unmeasured } from './compare.ts'
import { judge, overall, type Policy, verdicts } from './judgement.ts'
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
