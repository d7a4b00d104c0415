import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sha256 } from './sha256.ts'

const theirs = (text: string): string => createHash('sha256').update(text).digest('hex')

describe('sha256', () => {
  it('is what the standard says of its examples', () => {
    expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  })

  it('agrees with the library at every length around the ends of blocks', () => {
    for (let length = 0; length <= 200; length++) expect(sha256('x'.repeat(length))).toBe(theirs('x'.repeat(length)))
  })

  it('agrees with the library on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 500 }), text => {
        expect(sha256(text)).toBe(theirs(text))
      }),
    )
  })
})
