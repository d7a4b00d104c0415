import { describe, expect, it } from 'vitest'
import { labelDifferences, scoreDifferences, spread } from './bootstrap.ts'
import { uniforms } from './random.ts'
import { pairedOrder } from './specimen.ts'
import { tango } from './tango.ts'

const draws = { resamples: 1000, seed: 3 }

describe('the bootstrap', () => {
  it('agrees with the score interval where many rows differ', () => {
    const order = { rows: 1000, won: 90, lost: 60 }
    const found = spread(labelDifferences(pairedOrder(order), 'accuracy', draws), 0.03)
    const { low, high } = tango(order)
    expect(found?.low).toBeCloseTo(low, 2)
    expect(found?.high).toBeCloseTo(high, 2)
    expect(found?.deviation).toBeCloseTo(Math.sqrt(0.15 / 1000), 3)
  })

  it('has the standard error of a mean for a metric that is one', () => {
    const order = { rows: 400, won: 40, lost: 20 }
    // A row that is won or lost changes the loss by ln 9, the others by nothing.
    const [shift, step] = [(20 / 400) * Math.log(9), Math.log(9)]
    const found = spread(scoreDifferences(pairedOrder(order), 'log_loss', draws), -shift)
    expect(found?.deviation).toBeCloseTo(Math.sqrt((step ** 2 * (60 / 400) - shift ** 2) / 400), 2)
  })

  it('gives models that never differ an interval around zero, never zero itself', () => {
    const found = spread(labelDifferences(pairedOrder({ rows: 100, won: 0, lost: 0 }), 'f1', draws), 0)
    expect(found?.low).toBeLessThan(-0.01)
    expect(found?.high).toBe(-(found?.low ?? 0))
  })

  it('is the same for the same seed and another for another', () => {
    const paired = pairedOrder({ rows: 60, won: 9, lost: 4 })
    const of = (seed: number) => [...labelDifferences(paired, 'f1', { resamples: 200, seed })]
    expect(of(1)).toEqual(of(1))
    expect(of(1)).not.toEqual(of(2))
  })

  it('says nothing when half of the draws say nothing', () => {
    expect(spread(Float64Array.from([1, Number.NaN]), 1)).toBeUndefined()
    expect(spread(new Float64Array(), 0)).toBeUndefined()
    expect(spread(Float64Array.from([1, 2, Number.NaN]), 1.5)?.low).toBeCloseTo(1.025)
  })

  it('draws every tenth of the range about as often as the others', () => {
    const uniform = uniforms(42)
    const counts = new Uint32Array(10)
    for (let i = 0; i < 100_000; i++) {
      const tenth = Math.floor(uniform() * 10)
      counts[tenth] = (counts[tenth] ?? 0) + 1
    }
    // The 99.9th percentile of chi-square with nine degrees of freedom.
    expect([...counts].reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9)
  })
})
