import { describe, expect, it } from 'vitest'
import { judgeGap, judgeLatency, judgeSize } from './budget.ts'

const p99 = { quantile: 0.99, atMost: 50 }
const upTo = (count: number) => Array.from({ length: count }, (_, i) => count - i)

describe('a latency budget', () => {
  it('passes when even the upper end of the quantile is within it', () => {
    expect(judgeLatency(new Array<number>(1000).fill(10), p99)).toEqual({
      verdict: 'Pass',
      message: 'p99 10 ms of 1000 requests (95% CI 10 ms to 10 ms), budget 50 ms',
    })
  })

  it('fails when even the lower end is above it', () => {
    expect(judgeLatency(new Array<number>(1000).fill(60), p99).verdict).toBe('Fail')
  })

  it('is undecided in between, and with too few requests, however fast they were', () => {
    expect(judgeLatency(upTo(1000), { quantile: 0.5, atMost: 500 }).verdict).toBe('Inconclusive')
    expect(judgeLatency(new Array<number>(367).fill(1), p99)).toMatchObject({
      verdict: 'Inconclusive',
      message: expect.stringMatching(/measure 368 or more$/),
    })
    expect(judgeLatency(new Array<number>(368).fill(1), p99).verdict).toBe('Pass')
    expect(judgeLatency([60], p99).verdict).toBe('Inconclusive')
  })

  it('has the ends of the median between the 469th and the 532nd of 1,000', () => {
    // The known order-statistic interval: P(X ≤ 468) ≤ 0.025 < P(X ≤ 469) for X binomial of 1,000 and 1/2.
    expect(judgeLatency(upTo(1000), { quantile: 0.5, atMost: 532 }).verdict).toBe('Pass')
    expect(judgeLatency(upTo(1000), { quantile: 0.5, atMost: 531 }).verdict).toBe('Inconclusive')
    expect(judgeLatency(upTo(1000), { quantile: 0.5, atMost: 468 }).verdict).toBe('Fail')
    expect(judgeLatency(upTo(1000), { quantile: 0.5, atMost: 469 }).verdict).toBe('Inconclusive')
  })

  it.each([
    [[], p99],
    [[1, Number.NaN], p99],
    [[-1], p99],
    [[1], { quantile: 1, atMost: 50 }],
    [[1], { quantile: 0.99, atMost: 0 }],
    [[1], { quantile: 0.99, atMost: Number.NaN }],
  ])('of %j with %j is an Error', (milliseconds, budget) => {
    expect(judgeLatency(milliseconds, budget).verdict).toBe('Error')
  })
})

describe('a size limit', () => {
  it.each([
    [1_048_576, 2_097_152, 'Pass'],
    [2_097_152, 2_097_152, 'Pass'],
    [2_097_153, 2_097_152, 'Fail'],
    [0, 2_097_152, 'Error'],
    [Number.NaN, 2_097_152, 'Error'],
    [1, Number.NaN, 'Error'],
    [1, 0, 'Error'],
  ] as const)('judges %d of %d bytes: %s', (bytes, limit, verdict) => {
    expect(judgeSize(bytes, limit).verdict).toBe(verdict)
  })

  it('says both numbers', () => {
    expect(judgeSize(2_097_153, 2_097_152).message).toBe('bundle 2 MiB (2097153 bytes) > 2 MiB')
  })
})

describe('the gap between training rows and test rows', () => {
  it.each([
    ['f1', 0.99, 0.9, 0.1, 'Pass'],
    ['f1', 0.99, 0.8, 0.1, 'Fail'],
    ['f1', 0.8, 0.9, 0, 'Pass'],
    ['log_loss', 0.1, 0.4, 0.1, 'Fail'],
    ['log_loss', 0.4, 0.1, 0.1, 'Pass'],
    ['f1', Number.NaN, 0.9, 0.1, 'Error'],
    ['f1', 0.9, 0.9, Number.NaN, 'Error'],
    ['f1', 0.9, 0.9, -1, 'Error'],
  ] as const)('of %s %d and %d with at most %d: %s', (metric, trained, tested, atMost, verdict) => {
    expect(judgeGap({ metric, trained, tested }, atMost).verdict).toBe(verdict)
  })
})
