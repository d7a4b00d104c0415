import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isMeasured, type Terms } from './compare.ts'
import type { Policy } from './judgement.ts'
import { type Paired, pair } from './paired.ts'
import { compareSlices } from './slices.ts'
import { type Order, ordered, sure } from './specimen.ts'

const terms: Terms = { metric: 'accuracy', margin: 0.05, resamples: 200 }
const hold: Policy = { onInconclusive: 'Hold' }
const tolerant: Policy = { onInconclusive: 'PassIfNotWorse' }

/** One column whose values are the keys. */
const grouped = (groups: Readonly<Record<string, Order>>) => {
  const made = Object.entries(groups).map(([value, order]) => ({ value, ...ordered(order) }))
  const answers = (who: 'holder' | 'challenger') => sure(made.flatMap(one => [...(one[who].predicted as number[])]))
  const paired = pair(
    made.flatMap(({ actual }) => actual),
    { holder: answers('holder'), challenger: answers('challenger') },
  ) as Paired
  return { paired, values: made.flatMap(({ value, actual }) => actual.map(() => value)) }
}

const judged = (groups: Readonly<Record<string, Order>>, policy = hold) => {
  const { paired, values } = grouped(groups)
  return compareSlices(paired, terms, { values, policy, against: 'v5' })
}

const equal: Order = { rows: 1000, won: 40, lost: 40 }
const worse: Order = { rows: 200, won: 2, lost: 40 }
const undecided: Order = { rows: 60, won: 3, lost: 3 }
const tiny: Order = { rows: 12, won: 6, lost: 0 }

describe('slices', () => {
  it('pass when every group is shown to be no worse', () => {
    expect(judged({ north: equal, south: equal })).toMatchObject({
      verdict: 'Pass',
      tooSmall: [],
      message: '2 of 2 slices judged: 2 Pass',
    })
  })

  it('fail for the one group that pays for the gain of the others', () => {
    const { verdict, message } = judged({ north: { rows: 2000, won: 300, lost: 20 }, south: worse })
    expect(verdict).toBe('Fail')
    expect(message).toMatch(/^2 of 2 slices judged: 1 Pass, 1 Fail; "south": accuracy 0\.\d+ vs .* of v5 on 200 rows: .*: Worse$/)
  })

  it('tell a group that is too small apart, and do not count it as passed', () => {
    const { verdict, tooSmall, slices, message } = judged({ north: equal, island: tiny })
    expect(tooSmall).toEqual(['island'])
    expect(slices.find(({ value }) => value === 'island')?.verdict).toBe('Inconclusive')
    expect(verdict).toBe('Inconclusive')
    expect(message).toContain('1 of 2 slices judged: 1 Pass; 1 too small (12 rows)')
    expect(judged({ north: equal, island: tiny }, tolerant).verdict).toBe('Pass')
    expect(judged({ island: tiny, reef: tiny }, tolerant).verdict).toBe('Inconclusive')
  })

  it('leave an undecided group to the policy', () => {
    expect(judged({ north: equal, south: undecided }).verdict).toBe('Inconclusive')
    expect(judged({ north: equal, south: undecided }, tolerant).verdict).toBe('Pass')
  })

  it('do not fail one of twenty groups for what one in twenty shows by chance', () => {
    const unlucky: Order = { rows: 60, won: 2, lost: 11 }
    const others = Object.fromEntries(Array.from({ length: 19 }, (_, i) => [`g${i}`, undecided]))
    expect(judged({ south: unlucky }).verdict).toBe('Fail')
    expect(judged({ south: unlucky, ...others }).verdict).toBe('Inconclusive')
    expect(judged({ south: unlucky, ...others }, tolerant).verdict).toBe('Inconclusive')
  })

  it('are in order of size, with all rows in exactly one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 }), sizes => {
        const { slices } = judged(Object.fromEntries(sizes.map((rows, i) => [`g${i}`, { rows, won: 0, lost: 0 }])))
        expect(slices.map(({ rows }) => rows)).toEqual(sizes.toSorted((a, b) => b - a))
      }),
      { numRuns: 20 },
    )
  })

  it('pass no group that was not measured', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(hold, tolerant),
        (sizes, policy) => {
          const { slices, verdict } = judged(Object.fromEntries(sizes.map((rows, i) => [`g${i}`, { rows, won: 0, lost: 0 }])), policy)
          for (const slice of slices) expect(slice.verdict === 'Pass' && !isMeasured(slice.comparison)).toBe(false)
          if (verdict === 'Pass') expect(slices.some(slice => slice.verdict === 'Pass')).toBe(true)
        },
      ),
      { numRuns: 30 },
    )
  })

  it('are an Error without values that fit the rows', () => {
    const { paired, values } = grouped({ north: equal })
    const of = (changed: string[]) => compareSlices(paired, terms, { values: changed, policy: tolerant, against: 'v5' })
    expect(of(values.slice(1))).toMatchObject({ verdict: 'Error', message: expect.stringContaining('999 values for 1000 rows') })
    expect(of(values.map((_, i) => `id${i}`))).toMatchObject({
      verdict: 'Error',
      message: expect.stringContaining('choose a column with fewer values'),
    })
    expect(compareSlices({ fault: 'the rows differ' }, terms, { values, policy: hold, against: 'v5' }).message).toBe('the rows differ')
    expect(
      compareSlices(pair([], { holder: sure([]), challenger: sure([]) }), terms, { values: [], policy: tolerant, against: 'v5' }).verdict,
    ).toBe('Error')
  })
})
