import { describe, expect, it } from 'vitest'
import type { Result } from './step.ts'
import { sum, table } from './table.ts'

const result = (name: string, seconds: number, rest: Partial<Result> = {}): Result => ({
  name,
  seconds,
  budget: 10,
  counts: { passed: 0, failed: 0, skipped: 0 },
  tail: [],
  ...rest,
})

describe('the table at the end of npm test', () => {
  it('shows seconds, budget and tests, and why a step failed', () => {
    const rows = [
      result('unit', 4.21, { counts: { passed: 120, failed: 0, skipped: 0 } }),
      result('e2e', 21, { failure: 'took 21 s, more than twice its 10 s: it was stopped' }),
    ]
    expect(table(rows, { seconds: 25.2, budget: 20 }).split('\n')).toEqual([
      'step   seconds  budget  tests',
      'unit       4.2      10    120',
      'e2e       21.0      10         took 21 s, more than twice its 10 s: it was stopped',
      'total     25.2      20         over its budget',
    ])
  })
})

describe('the last line of npm test', () => {
  it('counts tests, and a step that failed without a failed test as one', () => {
    const rows = [
      result('lint', 1, { failure: 'ended with exit code 1' }),
      result('unit', 1, { counts: { passed: 3, failed: 2, skipped: 0 }, failure: '2 tests failed' }),
      result('types', 1),
    ]
    expect(sum(rows)).toEqual({ passed: 3, failed: 3 })
  })
})
