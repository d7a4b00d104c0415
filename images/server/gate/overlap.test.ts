import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { overlap } from './overlap.ts'

const hashes = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 30 })
const few = fc.array(fc.bigInt({ min: 0n, max: 20n }), { maxLength: 30 })

const of = (test: bigint[], holderTrained: bigint[], challengerTrained: bigint[] = [100n]) =>
  overlap({
    test: BigUint64Array.from(test),
    holderTrained: BigUint64Array.from(holderTrained),
    challengerTrained: BigUint64Array.from(challengerTrained),
  })

describe('the overlap of test rows with training rows', () => {
  it('counts every test row that one of the models was trained on', () => {
    fc.assert(
      fc.property(fc.oneof(hashes, few), fc.oneof(hashes, few), fc.oneof(hashes, few), (test, holder, challenger) => {
        const found = of(test, holder, challenger)
        expect(found.common).toBe(test.filter(hash => holder.includes(hash)).length)
        expect(found.explained).toBe(test.filter(hash => holder.includes(hash) && challenger.includes(hash)).length)
        expect(found.own).toBe(test.filter(hash => challenger.includes(hash) && !holder.includes(hash)).length)
        const isKnown = test.length > 0 && holder.length > 0 && challenger.length > 0
        expect(found.verdict === 'Pass').toBe(isKnown && found.common === found.explained && found.own === 0)
      }),
    )
  })

  it('is an Error for one row that only the holder has seen', () => {
    expect(of([1n, 2n, 3n], [9n, 3n])).toMatchObject({
      verdict: 'Error',
      message: 'the holder was trained on 1 of 3 test rows: compare on rows that neither model has seen',
    })
  })

  it('is an Error for one row whose twin only the challenger was trained on, which flatters it', () => {
    expect(of([1n, 2n, 3n], [9n], [3n])).toMatchObject({
      verdict: 'Error',
      message:
        'the challenger was trained on rows identical to 1 of 3 test rows: train it again with data.split.method hash, which keeps identical rows on one side',
    })
  })

  it('is none for a row whose twin both were trained on, and tells it', () => {
    expect(of([1n, 2n, 2n], [2n, 7n], [2n, 8n])).toMatchObject({
      verdict: 'Pass',
      common: 2,
      explained: 2,
      message: 'none of 3 test rows was seen by one model alone; 2 are identical to rows that both were trained on',
    })
  })

  it('is an Error while nothing is known', () => {
    expect(of([], [1n]).verdict).toBe('Error')
    expect(of([1n], []).verdict).toBe('Error')
    expect(of([1n], [2n], []).verdict).toBe('Error')
  })

  it('leaves the given hashes in their order', () => {
    const test = BigUint64Array.from([3n, 1n, 2n])
    overlap({ test, holderTrained: test, challengerTrained: test })
    expect([...test]).toEqual([3n, 1n, 2n])
  })
})
