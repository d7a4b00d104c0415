// Rows for an ONNX file: out of a CSV with a header, or, where there is none, a few that are made up.
import { records } from '../gaterun/csv.ts'
import { Unusable } from '../gaterun/unusable.ts'
import { Refused } from './refused.ts'
import type { FileSignature } from './signature.ts'

export type Cell = number | string | null

export interface Table {
  /** Without the target. */
  header: string[]
  /** As they are written. */
  cells: string[][]
  /** The true class of each row, where a target was named. */
  actual: string[] | undefined
}

const MOST_ROWS = 100_000
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

export const tableFrom = (bytes: Uint8Array, target: string | undefined): Table => {
  try {
    return table(withoutMark(bytes), target)
  } catch (error) {
    throw error instanceof Unusable ? new Refused(`the CSV of spec.import.rows ${error.message}`) : error
  }
}

/** Spreadsheets begin a file of UTF-8 with it. */
const withoutMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

const table = (bytes: Uint8Array, target: string | undefined): Table => {
  const [head, ...rest] = records(bytes)
  if (!head || rest.length === 0) throw new Unusable('has no rows below its header')
  if (rest.length > MOST_ROWS) throw new Unusable(`has ${rest.length} rows: at most ${MOST_ROWS} are read`)
  const place = target === undefined ? -1 : head.cells.indexOf(target)
  if (target !== undefined && place < 0) throw new Unusable(`has no column ${target}, which spec.import.rows.target names`)
  const wrong = rest.find(({ cells }) => cells.length !== head.cells.length)
  if (wrong) throw new Unusable(`has ${wrong.cells.length} cells in record ${wrong.number}; the header has ${head.cells.length}`)
  const inputs = (cells: readonly string[]) => cells.filter((_, i) => i !== place)
  return {
    header: inputs(head.cells),
    cells: rest.map(({ cells }) => inputs(cells)),
    actual: place < 0 ? undefined : rest.map(({ cells }) => cells[place] as string),
  }
}

/** An empty cell is a missing one. */
export const typedRows = ({ cells }: Table, { columns }: FileSignature): Cell[][] =>
  cells.map((row, index) =>
    row.map((cell, i) => {
      const column = columns[i]
      if (cell === '') return null
      if (column?.type !== 'number') return cell
      const value = NUMBER.test(cell) ? Math.fround(Number(cell)) : Number.NaN
      if (Number.isFinite(value)) return value
      const shown = JSON.stringify(cell.slice(0, 40))
      throw new Refused(`the CSV of spec.import.rows has ${shown} for ${column.name} in record ${index + 2}, which is no number of 32 bits`)
    }),
  )

/** Zeros, ones and a slope; texts that nobody knows. They prove that a server answers as this one did, and nothing about the world. */
export const madeUpRows = ({ columns }: FileSignature): Cell[][] =>
  [0, 1, 2].map(row => columns.map(({ type }, i) => (type === 'number' ? Math.fround(row === 2 ? i / columns.length : row) : '')))
