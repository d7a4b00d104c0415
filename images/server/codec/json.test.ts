import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Problem } from '../problems.ts'
import { parsedJson } from './json.ts'
import { firstFault } from './jsonfault.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const faults: readonly [string, number, RegExp][] = [
  ['{"features":[NaN]}', 14, /NaN is not a JSON number; send null/],
  ['{"features":[-Infinity]}', 14, /-Infinity is not a JSON number/],
  ["{'features':[1]}", 2, /use " around text/],
  ['{"features":[1,]}', 16, /unexpected "\]"/],
  ['{"features" [1]}', 13, /unexpected "\["/],
  ['{"features":[1]', 16, /ends too early/],
  ['{"a":"b', 6, /not closed/],
  ['{"a":"\u0001"}', 6, /must be escaped/],
  ['{"a":"\\x"}', 6, /must be escaped/],
  ['[01]', 2, /unexpected/],
  ['[1.]', 2, /unexpected/],
  ['{}{}', 3, /unexpected/],
  ['', 1, /ends too early/],
  ['sepal_length=5.1', 1, /unexpected/],
]

describe('the parser of bodies', () => {
  it.each(faults)('says where %s stops being JSON', (text, position, said) => {
    const fault = firstFault(text)
    expect(fault).toEqual({ position, message: expect.stringMatching(said) })
  })

  it('reads what JSON.parse reads', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 3 }), text => isDeepStrictEqual(parsedJson(bytes(text)), JSON.parse(text))))
  })

  it('agrees with JSON.parse on where JSON ends, for any damage', () => {
    const damaged = fc
      .tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom('"', ',', '}', ']', '1', 'e', '\\', ' ', '-', '', '\n'))
      .map(([text, at, char]) => text.slice(0, at % (text.length + 1)) + char + text.slice((at % (text.length + 1)) + 1))
    fc.assert(
      fc.property(damaged, text => (firstFault(text) === undefined) === isJson(text)),
      { numRuns: 1000 },
    )
  })

  it('refuses nesting before it builds anything, however deep', () => {
    for (const text of ['['.repeat(2_000_000), '{"a":'.repeat(500_000), `{"features":${'['.repeat(20)}1${']'.repeat(20)}}`]) {
      expect(() => parsedJson(bytes(text))).toThrow(/deeper than 8 levels/)
    }
  })

  it('counts no brackets inside of texts', () => {
    expect(parsedJson(bytes('{"a":"[[[[[[[[[[[[[[\\"[[[[[[[[["}'))).toEqual({ a: '[[[[[[[[[[[[[["[[[[[[[[[' })
  })

  it('refuses an empty body and one that is not UTF-8', () => {
    expect(() => parsedJson(new Uint8Array())).toThrow(/body is empty/)
    expect(() => parsedJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/not UTF-8/)
  })

  it('finds the fault in megabytes of text without running out of stack', () => {
    expect(() => parsedJson(bytes(`{"a":"${'x'.repeat(4_000_000)}",}`))).toThrow(Problem)
    expect(() => parsedJson(bytes(`{"a":[${'1,'.repeat(1_000_000)}]}`))).toThrow(/character 2000007/)
  })
})
