import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Metric } from '../../api/bundle.ts'
import type { Gate } from '../../api/gate.ts'
import { judge } from './gate.ts'

const measured = (value: number, rows = 30) => ({
  rows,
  metrics: [{ name: 'accuracy', value, low: 0.7123, high: 0.8449, interval: 'wilson' }] satisfies Metric[],
})

describe('a gate', () => {
  it.each<[Gate, number, string, string]>([
    [{ metric: 'accuracy', atLeast: 0.85 }, 0.78, 'Fail', 'accuracy 0.78 < 0.85 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', atLeast: 0.85 }, 0.85, 'Pass', 'accuracy 0.85 ≥ 0.85 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', atLeast: 0.85 }, 0.849_999, 'Fail', 'accuracy 0.849999 < 0.85 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', above: 0.85 }, 0.85, 'Fail', 'accuracy 0.85 ≤ 0.85 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', above: 0.85 }, 0.9, 'Pass', 'accuracy 0.9 > 0.85 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', atMost: 0.3 }, 0.4, 'Fail', 'accuracy 0.4 > 0.3 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', atMost: 0.4 }, 0.4, 'Pass', 'accuracy 0.4 ≤ 0.4 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', below: 0.4 }, 0.4, 'Fail', 'accuracy 0.4 ≥ 0.4 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', below: 0.4 }, 0.3, 'Pass', 'accuracy 0.3 < 0.4 (95% CI 0.7123–0.8449)'],
    [{ metric: 'accuracy', atLeast: 0 }, Number.NaN, 'Error', 'accuracy is not a number'],
    [{ metric: 'accuracy', atMost: 1 }, Number.POSITIVE_INFINITY, 'Error', 'accuracy is not a number'],
    [{ metric: 'f2', atLeast: 0.5 }, 0.9, 'Error', 'f2 was not measured; measured: accuracy'],
    [{ metric: 'accuracy' }, 0.9, 'Error', 'gate on accuracy has no single bound: set one of atLeast, atMost, above, below'],
    [
      { metric: 'accuracy', atLeast: 0.5, atMost: 0.6 },
      0.55,
      'Error',
      'gate on accuracy has no single bound: set one of atLeast, atMost, above, below',
    ],
  ])('%j over %d says %s', (gate, value, verdict, message) => {
    expect(judge(gate, measured(value))).toMatchObject({ verdict, message })
  })

  it('without any measurement is an error, never a pass', () => {
    expect(judge({ metric: 'accuracy', atLeast: 0 }, { rows: 30, metrics: [] }).message).toBe(
      'accuracy was not measured; measured: nothing',
    )
  })

  it('may call what is missing or no number a failure or inconclusive, and neither lets a version through', () => {
    const gate: Gate = { metric: 'accuracy', atLeast: 0, onNoData: 'Inconclusive', onNaN: 'Fail' }
    expect(judge(gate, { rows: 30, metrics: [] }).verdict).toBe('Inconclusive')
    expect(judge(gate, measured(Number.NaN)).verdict).toBe('Fail')
  })

  it('is inconclusive when one sample is missing', () => {
    const gate: Gate = { metric: 'accuracy', atLeast: 0.5, minSamples: 100 }
    expect(judge(gate, measured(0.9, 99))).toMatchObject({
      verdict: 'Inconclusive',
      message: 'accuracy was measured on 99 rows, and 100 are asked for',
    })
    expect(judge(gate, measured(0.9, 100)).verdict).toBe('Pass')
  })

  it('passes nothing but a finite number, on enough rows, on the right side of one bound', () => {
    const number = fc.double({ noDefaultInfinity: false })
    const gates = fc.record(
      {
        metric: fc.constantFrom('accuracy', 'f1'),
        atLeast: number,
        atMost: number,
        minSamples: fc.integer({ min: 1, max: 100 }),
        onNoData: fc.constantFrom('Fail' as const, 'Inconclusive' as const, 'Error' as const),
        onNaN: fc.constantFrom('Fail' as const, 'Inconclusive' as const, 'Error' as const),
      },
      { requiredKeys: ['metric'] },
    )
    fc.assert(
      fc.property(gates, number, fc.integer({ min: 0, max: 100 }), (gate, value, rows) => {
        const { verdict } = judge(gate, measured(value, rows))
        const isOneBound = (gate.atLeast === undefined) !== (gate.atMost === undefined)
        const isInside = value >= (gate.atLeast ?? value) && value <= (gate.atMost ?? value)
        const isEnough = rows >= (gate.minSamples ?? 0)
        const bound = gate.atLeast ?? gate.atMost ?? Number.NaN
        const mayPass = gate.metric === 'accuracy' && Number.isFinite(value) && isOneBound && Number.isFinite(bound) && isInside && isEnough
        expect(verdict === 'Pass').toBe(mayPass)
      }),
      { numRuns: 2000 },
    )
  })
})
