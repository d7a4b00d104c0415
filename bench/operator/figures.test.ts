import { describe, expect, it } from 'vitest'
import { quantile, summary, verdict } from './figures.ts'

describe('a row of measurements', () => {
  it('has its quantiles between its values', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(quantile([1, 2, 3, 4, 5], 0.99)).toBeCloseTo(4.96)
    expect(quantile([7], 0.99)).toBe(7)
    expect(quantile([], 0.5)).toBeNaN()
  })

  it('is told by its middle and its spread', () => {
    expect(summary([5, 1, 2, 4, 3])).toEqual({ median: 3, min: 1, max: 5, iqr: 2, count: 5 })
  })
})

describe('a verdict', () => {
  it('compares the middle with the target', () => {
    expect(verdict(summary([0.8, 0.81, 0.82]), { atLeast: 0.7 })).toBe('held')
    expect(verdict(summary([0.6, 0.61, 0.62]), { atLeast: 0.7 })).toBe('missed')
    expect(verdict(summary([90]), { atMost: 100 })).toBe('held')
    expect(verdict(summary([110]), { atMost: 100 })).toBe('missed')
  })

  it('is not given when the spread exceeds the effect', () => {
    expect(verdict(summary([0.5, 0.72, 0.9]), { atLeast: 0.7 })).toBe('no verdict')
    expect(verdict(summary([]), { atLeast: 0.7 })).toBe('no verdict')
  })

  it('is not given on fewer values than it needs', () => {
    expect(verdict(summary([0.8, 0.8]), { atLeast: 0.7, values: 3 })).toBe('no verdict')
    expect(verdict(summary([0.8, 0.8, 0.8]), { atLeast: 0.7, values: 3 })).toBe('held')
  })

  it('takes a figure that lies on its target for one that holds', () => {
    expect(verdict(summary([0, 0, 0]), { atMost: 0 })).toBe('held')
  })
})
