import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeSignature, type Signature } from './signature.ts'

type Input = Signature['inputs'][number]

const number = (name: string, more: Partial<Input> = {}): Input => ({ name, type: 'number', nullable: false, example: 1, ...more })
const category = (name: string, more: Partial<Input> = {}): Input => ({ name, type: 'category', nullable: false, example: 'x', ...more })
const of = (...inputs: Input[]): Signature => ({ inputs, labels: ['no', 'yes'] })

const verdict = (served: Input, next: Input) => judgeSignature(of(served), of(next)).verdict

describe('a signature is compatible when', () => {
  it.each([
    ['nothing changes', number('a'), number('a')],
    ['null is accepted now', number('a'), number('a', { nullable: true })],
    ['a range is wider', number('a', { minimum: 0, maximum: 9 }), number('a', { minimum: -1, maximum: 10 })],
    ['a range is gone', number('a', { minimum: 0 }), number('a')],
    ['the end itself is accepted now', number('a', { minimum: 0, exclusiveMinimum: true }), number('a', { minimum: 0 })],
    ['more texts are accepted', category('a', { categories: ['x'] }), category('a', { categories: ['y', 'x'] })],
    ['every text is accepted', category('a', { categories: ['x'] }), category('a')],
  ])('%s', (_, served, next) => {
    expect(verdict(served, next)).toBe('Pass')
  })

  it('classes are added after the known ones', () => {
    const more = { ...of(number('a')), labels: ['no', 'yes', 'maybe'] }
    expect(judgeSignature(of(number('a')), more)).toEqual({ verdict: 'Pass', message: 'signature compatible; new classes: maybe' })
  })
})

describe('a signature is not compatible when', () => {
  it.each([
    ['the type changes', number('a'), category('a'), 'a is a category now, and was a number'],
    ['null is refused', number('a', { nullable: true }), number('a'), 'a may not be null any more'],
    ['a range begins', number('a'), number('a', { minimum: 0 }), 'a must be at least 0 now'],
    ['a range is narrower', number('a', { maximum: 9 }), number('a', { maximum: 8 }), 'a must be at most 8 now'],
    ['an end is excluded', number('a', { minimum: 0 }), number('a', { minimum: 0, exclusiveMinimum: true }), 'a must be above 0 now'],
    ['texts are limited', category('a'), category('a', { categories: ['x'] }), 'a accepts only some texts now'],
    ['a text is gone', category('a', { categories: ['x', 'y'] }), category('a', { categories: ['x'] }), 'a does not accept "y" any more'],
    ['a column is renamed', number('a'), number('b'), 'a is not an input any more'],
  ])('%s', (_, served, next, why) => {
    expect(judgeSignature(of(served), of(next))).toEqual({ verdict: 'Fail', message: `signature not compatible: ${why}` })
  })

  it('columns are added, even one that may be null, since the server refuses a row without it', () => {
    expect(judgeSignature(of(number('a')), of(number('a'), number('b', { nullable: true }))).message).toContain('b is a new input')
  })

  it('columns change places', () => {
    const [one, other] = [of(number('a'), number('b')), of(number('b'), number('a'))]
    expect(judgeSignature(one, other).message).toContain('input 0 is b now, and was a')
  })

  it.each([
    [['yes', 'no'], 'class 0 is "yes" now, and was "no"'],
    [['no'], 'class 1 is gone, and was "yes"'],
  ])('classes become %j', (labels, why) => {
    expect(judgeSignature(of(number('a')), { ...of(number('a')), labels }).message).toContain(why)
  })

  it('there is nothing to compare, which is an Error', () => {
    expect(judgeSignature(of(), of()).verdict).toBe('Error')
  })
})

describe('the check of signatures', () => {
  const range = fc.record(
    { minimum: fc.integer({ min: -2, max: 2 }), maximum: fc.integer({ min: -2, max: 2 }), exclusiveMinimum: fc.boolean() },
    { requiredKeys: [] },
  )
  const accepts = ({ minimum = -9, maximum = 9, exclusiveMinimum = false }: Partial<Input>, value: number) =>
    (exclusiveMinimum ? value > minimum : value >= minimum) && value <= maximum

  it('passes a range only when every number that was accepted still is', () => {
    const values = Array.from({ length: 25 }, (_, i) => i / 4 - 3)
    fc.assert(
      fc.property(range, range, (served, next) => {
        if (verdict(number('a', served), number('a', next)) !== 'Pass') return
        expect(values.filter(value => accepts(served, value) && !accepts(next, value))).toEqual([])
      }),
    )
  })
})
