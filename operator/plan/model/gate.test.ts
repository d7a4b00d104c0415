import { describe, expect, it } from 'vitest'
import type { Metric } from '../../api/bundle.ts'
import type { Gate } from '../../api/model.ts'
import { judge } from './gate.ts'

const measured = (value: number): Metric[] => [{ name: 'accuracy', value, low: 0.7123, high: 0.8449, interval: 'wilson' }]

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
    expect(judge('Staging', gate, measured(value))).toMatchObject({ stage: 'Staging', verdict, message })
  })

  it('without any measurement is an error, never a pass', () => {
    expect(judge('Staging', { metric: 'accuracy', atLeast: 0 }, []).message).toBe('accuracy was not measured; measured: nothing')
  })
})
