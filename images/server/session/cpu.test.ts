import { describe, expect, it } from 'vitest'
import { limitOf, workersFor } from './cpu.ts'

describe('the number of workers', () => {
  it.each([
    ['200000 100000', 2],
    ['50000 100000', 0.5],
    ['max 100000', undefined],
    ['-1 100000', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('reads the limit %s as %s processors', (cpuMax, limit) => {
    expect(limitOf(cpuMax)).toBe(limit)
  })

  it.each([
    [0.5, 64, 1],
    [1.5, 64, 2],
    [8, 4, 4],
    [undefined, 64, 4],
    [undefined, 2, 2],
  ])('for a limit of %s on %s processors is %s', (limit, processors, workers) => {
    expect(workersFor(limit, processors)).toBe(workers)
  })
})
