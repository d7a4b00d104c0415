import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { float32 } from './float32.ts'

describe('a float32 as JSON', () => {
  it('is the number that people mean', () => {
    expect([0.1, 0.98, 1, 0, 1e-7, 3.4028234663852886e38].map(v => float32(Math.fround(v)))).toEqual([0.1, 0.98, 1, 0, 1e-7, 3.4028235e38])
  })

  it('reads back as exactly the same float32', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => Math.fround(float32(value)) === value),
      { numRuns: 20_000 },
    )
  })
})
