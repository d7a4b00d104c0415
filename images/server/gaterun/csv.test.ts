import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { records } from './csv.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (text: string) => [...records(bytes(text))].map(({ cells }) => cells)

/** As the csv module of Python writes a cell: quoted only where it must be. */
const written = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

const cell = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', 'ü') }))

describe('the reader of CSV', () => {
  it('reads back whatever was written, with either line end', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 5 }), lines => {
        const text = (end: string) => lines.map(cells => cells.map(written).join(',') + end).join('')
        expect(read(text('\n'))).toEqual(lines)
        expect(read(text('\r\n'))).toEqual(lines)
      }),
    )
  })

  it('takes a last record without a line end, and counts records, not lines', () => {
    expect([...records(bytes('a,b\n"1\n2",3\n4,'))]).toEqual([
      { number: 1, cells: ['a', 'b'] },
      { number: 2, cells: ['1\n2', '3'] },
      { number: 3, cells: ['4', ''] },
    ])
    expect(read('')).toEqual([])
  })

  it.each([
    ['a,"b\n', 'ends within quotes'],
    ['a,"b"c\n', 'has text after a closing quote'],
    ['a,b""c\n', 'has a quote inside a cell that is not quoted'],
    ['a,b\n\nc,d\n', 'record 2 is empty'],
  ])('refuses %j: it %s', (text, complaint) => {
    expect(() => read(text)).toThrow(complaint)
  })

  it('refuses what is not UTF-8, and a record without end', () => {
    expect(() => [...records(Uint8Array.of(0x61, 0x2c, 0xff, 0x0a))]).toThrow('is not UTF-8')
    expect(() => [...records(new Uint8Array(9 * 1024 * 1024).fill(0x61))]).toThrow('has a record of more than')
  })
})
