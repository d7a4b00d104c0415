import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../operator/api/bundle.ts'
import { identityOf, lockedRows } from './lockedrows.ts'
import { shortened, trainedRows } from './rowhashes.ts'

const number = (name: string): Manifest['inputs'][number] => ({ name, type: 'number', nullable: true, example: 1 })
const category = (name: string): Manifest['inputs'][number] => ({ name, type: 'category', nullable: true, example: 'a' })
const described = (testRows?: number) => ({
  inputs: [number('length'), category('colour, "dark"')],
  labels: ['no', 'yes,\nindeed'],
  data: { source: 'primary' as const, described: 'none', testRows },
})
const HEADER = 'row,label,prediction,probability_no,"probability_yes,\nindeed",input_length,"input_colour, ""dark"""\n'
const [A, B] = ['a'.repeat(64), `0123456789abcdef${'0'.repeat(48)}`]
const LINE = `${A},no,"yes,\nindeed",0.25,0.75,1.100000023841858,"red, or so"\n`
const MISSING = `${B},"yes,\nindeed",no,0.5,0.5,,\n`

const read = (text: string, testRows?: number) => lockedRows(new TextEncoder().encode(text), described(testRows))

describe('the test rows of a bundle', () => {
  it('are read with quoted names, quoted labels and missing cells', () => {
    const rows = read(HEADER + LINE + MISSING, 2)
    expect(rows).toMatchObject({ count: 2, hashes: [A, B], actual: ['no', 'yes,\nindeed'] })
    expect([...rows.recorded.labels]).toEqual([1, 0])
    expect([...rows.recorded.probabilities]).toEqual([0.25, 0.75, 0.5, 0.5])
    expect([...(rows.columns.get('length') as Float32Array)]).toEqual([Math.fround(1.1), Number.NaN])
    expect(rows.columns.get('colour, "dark"')).toEqual(['red, or so', ''])
  })

  it.each([
    ['nothing', '', 'is empty: it has no header'],
    ['another header', HEADER.replace('probability_no', 'probability_maybe'), 'column 4 is "probability_maybe"; by the manifest it is'],
    ['a column less', HEADER.replace(/,"input.*/s, '\n'), 'column 7 is null'],
    ['a column more', HEADER.replace(/\n$/, ',more\n'), 'has 8 columns; by the manifest it has 7'],
    ['a cell less', `${HEADER}${A},no,no,1\n`, 'record 2 has 4 cells; the header has 7'],
    ['a hash that is none', HEADER + LINE.replace(A, 'A'.repeat(64)), 'record 2: row is text of 64 characters'],
    ['an unknown class', HEADER + LINE.replace(',no,', ',maybe,'), 'record 2: label is "maybe", which is no class of the manifest'],
    ['NaN for a probability', HEADER + LINE.replace('0.25', 'nan'), 'record 2: probability_no is "nan", which is no number of 32 bits'],
    ['nothing for a probability', HEADER + LINE.replace('0.25', ''), 'record 2: probability_no is ""'],
    ['a word for a number', HEADER + LINE.replace('1.100000023841858', '0x1f'), 'record 2: length is "0x1f"'],
    ['a number beyond 32 bits', HEADER + LINE.replace('1.100000023841858', '1e39'), 'record 2: length is "1e39"'],
  ])('with %s are refused', (_, text, complaint) => {
    expect(() => read(text)).toThrow(complaint)
  })

  it('are refused when one is missing or too many', () => {
    expect(() => read(HEADER + LINE, 2)).toThrow('has 1 rows; the manifest counts 2 test rows')
    expect(() => read(HEADER, 2)).toThrow('has 0 rows; the manifest counts 2 test rows')
    expect(() => read(HEADER + LINE + MISSING, 1)).toThrow('has 2 rows')
  })

  it('have one identity in whatever order, and another with a row more', () => {
    const [one, other] = [identityOf(read(HEADER + LINE + MISSING)), identityOf(read(HEADER + MISSING + LINE))]
    expect(one).toEqual(other)
    expect(one).toMatchObject({ rows: 2, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })
    expect(identityOf(read(HEADER + LINE + MISSING + MISSING)).digest).not.toBe(one.digest)
  })

  it('are known by the first eight bytes of their hashes', () => {
    expect([...shortened([B])]).toEqual([0x0123456789abcdefn])
  })
})

describe('the hashes of training rows', () => {
  const sorted = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 1, 0)

  it('are read big-endian', () => {
    expect([...trainedRows(sorted, 2)]).toEqual([2n, 256n])
    expect([...trainedRows(Uint8Array.of(9, ...sorted).subarray(1), undefined)]).toEqual([2n, 256n])
  })

  it.each([
    [new Uint8Array(), 0, 'is empty'],
    [sorted.subarray(1), 2, 'has 15 bytes'],
    [sorted.subarray(8), 2, 'has 1 hashes; the manifest counts 2 training rows'],
    [Uint8Array.of(...sorted.subarray(8), ...sorted.subarray(0, 8)), 2, 'is not sorted'],
  ])('are refused when %j', (bytes, counted, complaint) => {
    expect(() => trainedRows(bytes, counted)).toThrow(complaint)
  })
})
