import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf } from './lines.ts'

const read = async (chunks: Uint8Array[]): Promise<string[]> => {
  const lines: string[] = []
  for await (const line of linesOf(
    (async function* () {
      yield* chunks
    })(),
  ))
    lines.push(line)
  return lines
}

test('lines come out as they went in, wherever the bytes were cut', async () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter(line => line.trim() !== '' && !line.includes('\n'))
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 8 }), fc.array(fc.nat(200), { maxLength: 20 }), async (lines, cuts) => {
      const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''))
      const places = [...new Set([0, ...cuts.map(cut => Math.min(cut, bytes.length)), bytes.length])].toSorted((a, b) => a - b)
      const chunks = places.slice(1).map((end, at) => bytes.subarray(places[at], end))
      expect(await read(chunks)).toEqual(lines)
    }),
  )
})

test('a line that was cut short is an error, not an event', async () => {
  await expect(read([Buffer.from('{"a":1}\n{"b"')])).rejects.toThrow('ended inside a line')
})
