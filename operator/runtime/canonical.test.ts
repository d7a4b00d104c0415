import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonical, digestOf, digestOfCanonical, includes, isSameJson } from './canonical.ts'

const json = fc.jsonValue() as fc.Arbitrary<unknown>

describe('JSON', () => {
  test('is the same whatever the order of keys, and without null and undefined', () => {
    expect(isSameJson({ a: 1, b: { c: undefined, d: null } }, { b: {}, a: 1 })).toBe(true)
    expect(isSameJson([1, 2], [2, 1])).toBe(false)
    expect(isSameJson(undefined, undefined)).toBe(true)
    expect(isSameJson({ a: 1 }, undefined)).toBe(false)
  })

  test('has one digest for what is the same', () => {
    fc.assert(fc.property(json, json, (a, b) => (digestOf(a) === digestOf(b)) === isSameJson(a, b)))
  })

  test('has a digest that outlives versions of the operator: another one would write every child anew', () => {
    expect(digestOf({ b: [1, null, { d: undefined, c: 'ü' }], a: { '10': true, '9': null } })).toBe('d40eb6e1b17fe16a866939cf95fe0047')
  })

  test('is canonical only once: its keys in order, and nothing left out by a second look', () => {
    fc.assert(
      fc.property(json, value => {
        expect(canonical(canonical(value))).toEqual(canonical(value))
        expect(digestOfCanonical(canonical(value))).toBe(digestOf(value))
      }),
    )
  })

  test('includes itself, and what may be left out of it', () => {
    fc.assert(fc.property(json, value => includes(value, structuredClone(value))))
    expect(includes({ a: { b: 1, c: 2 }, d: [1] }, { a: { c: 2 } })).toBe(true)
    expect(includes({ a: [1, 2] }, { a: [1] })).toBe(false)
    expect(includes(undefined, {})).toBe(true)
    expect(includes(undefined, { a: 1 })).toBe(false)
  })
})
