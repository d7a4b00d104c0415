import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mcnemar } from './binomial.ts'
import { simulate } from './operatingtable.ts'
import { accuracyInterval, type Discordance, tango, Z95 } from './tango.ts'

const discordance = fc
  .record({ won: fc.nat(60), lost: fc.nat(60), alike: fc.integer({ min: 1, max: 3000 }) })
  .map(({ won, lost, alike }): Discordance => ({ won, lost, rows: won + lost + alike }))

/** The score statistic from its definition: the likeliest share of lost rows is looked for, not computed. */
const scoreByDefinition = ({ won, lost, rows }: Discordance, difference: number) => {
  const part = (count: number, share: number) => (count === 0 ? 0 : count * Math.log(share))
  const likelihood = (share: number) =>
    part(won, share + difference) + part(lost, share) + part(rows - won - lost, 1 - 2 * share - difference)
  let [from, to] = [Math.max(0, -difference), (1 - difference) / 2]
  for (let i = 0; i < 200; i++) {
    const [left, right] = [from + (to - from) / 3, to - (to - from) / 3]
    if (likelihood(left) < likelihood(right)) from = left
    else to = right
  }
  const share = (from + to) / 2
  return (won - lost - rows * difference) / Math.sqrt(rows * (2 * share + difference - difference ** 2))
}

describe('the interval of two accuracies', () => {
  it('ends where the score test by its definition stops rejecting', () => {
    fc.assert(
      fc.property(discordance, seen => {
        const { low, high } = tango(seen)
        expect(scoreByDefinition(seen, low)).toBeCloseTo(Z95, 3)
        expect(scoreByDefinition(seen, high)).toBeCloseTo(-Z95, 3)
      }),
      { numRuns: 50 },
    )
  })

  it('is z²/(n+z²) to both sides when no row differs', () => {
    const { low, high } = accuracyInterval({ won: 0, lost: 0, rows: 400 })
    expect(high).toBeCloseTo(Z95 ** 2 / (400 + Z95 ** 2), 12)
    expect(low).toBe(-high)
  })

  it('is mirrored when the models change places', () => {
    fc.assert(
      fc.property(discordance, seen => {
        const { low, high } = accuracyInterval(seen)
        const other = accuracyInterval({ won: seen.lost, lost: seen.won, rows: seen.rows })
        expect([other.low + 0, other.high + 0]).toEqual([-high + 0, -low + 0])
      }),
    )
  })

  it('holds what was seen, stays between −1 and 1, and contains the score interval', () => {
    fc.assert(
      fc.property(discordance, seen => {
        const [{ low, high }, score] = [accuracyInterval(seen), tango(seen)]
        const gain = (seen.won - seen.lost) / seen.rows
        expect([-1, low, gain, high, 1]).toEqual([-1, low, gain, high, 1].toSorted((a, b) => a - b))
        expect(low <= score.low && score.high <= high).toBe(true)
      }),
    )
  })

  it('excludes zero only when the exact test does: six rows to none, not five', () => {
    expect(tango({ won: 5, lost: 0, rows: 100 }).low).toBeGreaterThan(0)
    expect(accuracyInterval({ won: 5, lost: 0, rows: 100 }).low).toBe(0)
    expect(accuracyInterval({ won: 6, lost: 0, rows: 100 }).low).toBeGreaterThan(0)
  })

  it.each([
    [50, 0.1, 0],
    [100, 0.2, 0.1],
    [100, 0.05, -0.03],
    [500, 0.05, 0.02],
    [2000, 0.1, -0.025],
  ])('of %i rows of which %f differ by %f covers the truth about 95 times in 100', (rows, differ, difference) => {
    expect(simulate({ rows, discordance: differ, difference, margin: 0.025 }, 11).covered).toBeGreaterThan(0.935)
  })
})

describe('the exact test of McNemar', () => {
  const choose = (n: number, k: number) => {
    let ways = 1n
    for (let i = 1; i <= k; i++) ways = (ways * BigInt(n - i + 1)) / BigInt(i)
    return ways
  }

  it('is the two-sided binomial test, counted in whole numbers', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (won, lost) => {
        let ways = 0n
        for (let k = 0; k <= Math.min(won, lost); k++) ways += choose(won + lost, k)
        const exact = Math.min(1, (2 * Number(ways)) / 2 ** (won + lost))
        expect(mcnemar(won, lost)).toBeCloseTo(exact, 10)
      }),
    )
  })

  it('needs six rows on one side to be below 0.05, and is a number for thousands', () => {
    expect(mcnemar(0, 0)).toBe(1)
    expect(mcnemar(5, 0)).toBeCloseTo(0.0625, 12)
    expect(mcnemar(6, 0)).toBeCloseTo(0.03125, 12)
    expect(mcnemar(2000, 2000)).toBe(1)
    expect(mcnemar(2100, 1900)).toBeCloseTo(0.00165, 3)
  })
})
