// The test rows of a version as its bundle recorded them: what went in, the true class, and what Python answered.
import { createHash } from 'node:crypto'
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { TestRows } from '../../../operator/api/gate.ts'
import { shown } from '../codec/cell.ts'
import { type CsvRecord, records } from './csv.ts'
import { Unusable } from './unusable.ts'

/** A missing number is NaN, a missing text is empty, as in the tensors of the graph. */
export type Cells = Float32Array | string[]

export interface LockedRows {
  count: number
  /** sha256 of the content of each row, as 64 hexadecimal digits. */
  hashes: string[]
  /** The class of each row, by name. */
  actual: string[]
  recorded: { labels: Int32Array; probabilities: Float64Array }
  /** By name of the input column. */
  columns: ReadonlyMap<string, Cells>
}

type Described = Pick<Manifest, 'inputs' | 'labels' | 'data'>

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const HASH = /^[0-9a-f]{64}$/

const numberOf = (name: string, cell: string): number => {
  const value = NUMBER.test(cell) ? Number(cell) : Number.NaN
  if (!Number.isFinite(Math.fround(value))) throw new Unusable(`${name} is ${shown(cell)}, which is no number of 32 bits`)
  return value
}

interface Column {
  add: (cell: string) => void
  cells: () => Cells
}

const numberColumn = (name: string): Column => {
  const found: number[] = []
  return { add: cell => found.push(cell === '' ? Number.NaN : numberOf(name, cell)), cells: () => Float32Array.from(found) }
}

const textColumn = (): Column => {
  const found: string[] = []
  return { add: cell => found.push(cell), cells: () => found }
}

const columnFor = ({ name, type }: Manifest['inputs'][number]): Column => (type === 'number' ? numberColumn(name) : textColumn())

const checkHeader = ({ inputs, labels }: Described, header: string[]) => {
  const wanted = [
    'row',
    'label',
    'prediction',
    ...labels.map(label => `probability_${label}`),
    ...inputs.map(({ name }) => `input_${name}`),
  ]
  const wrong = wanted.findIndex((name, i) => header[i] !== name)
  if (wrong >= 0)
    throw new Unusable(`column ${wrong + 1} is ${shown(header[wrong] ?? null)}; by the manifest it is ${shown(wanted[wrong])}`)
  if (header.length > wanted.length) throw new Unusable(`has ${header.length} columns; by the manifest it has ${wanted.length}`)
}

/** Takes one record after the other, and is asked for everything at the end. */
const collector = ({ inputs, labels }: Described) => {
  const places = new Map(labels.map((label, index) => [label, index]))
  const [hashes, actual, predicted, probabilities]: [string[], string[], number[], number[]] = [[], [], [], []]
  const columns = inputs.map(input => ({ name: input.name, column: columnFor(input) }))
  const labelOf = (name: string, cell: string) => {
    const place = places.get(cell)
    if (place === undefined) throw new Unusable(`${name} is ${shown(cell)}, which is no class of the manifest`)
    return place
  }
  const add = (cells: string[]) => {
    const [hash = '', label = '', prediction = ''] = cells
    if (!HASH.test(hash)) throw new Unusable(`row is ${shown(hash)}, which is no hash of a row`)
    hashes.push(hash)
    actual.push(labels[labelOf('label', label)] as string)
    predicted.push(labelOf('prediction', prediction))
    for (const [i, name] of labels.entries()) probabilities.push(numberOf(`probability_${name}`, cells[3 + i] as string))
    for (const [i, { column }] of columns.entries()) column.add(cells[3 + labels.length + i] as string)
  }
  const rows = (): LockedRows => ({
    count: hashes.length,
    hashes,
    actual,
    recorded: { labels: Int32Array.from(predicted), probabilities: Float64Array.from(probabilities) },
    columns: new Map(columns.map(({ name, column }) => [name, column.cells()])),
  })
  return { add, rows }
}

const addRecord = (add: (cells: string[]) => void, { number, cells }: CsvRecord, width: number) => {
  if (cells.length !== width) throw new Unusable(`record ${number} has ${cells.length} cells; the header has ${width}`)
  try {
    add(cells)
  } catch (error) {
    throw error instanceof Unusable ? new Unusable(`record ${number}: ${error.message}`) : error
  }
}

/** Reads evaluation/predictions.csv; rows that are fewer or more than the manifest counts are no evidence. */
export const lockedRows = (bytes: Uint8Array, described: Described): LockedRows => {
  const all = records(bytes)
  const header: CsvRecord | undefined = all.next().value ?? undefined
  if (!header) throw new Unusable('is empty: it has no header')
  checkHeader(described, header.cells)
  const { add, rows } = collector(described)
  for (const one of all) addRecord(add, one, header.cells.length)
  const found = rows()
  const { testRows } = described.data
  if (testRows !== undefined && testRows !== found.count)
    throw new Unusable(`has ${found.count} rows; the manifest counts ${testRows} test rows`)
  return found
}

/** The same rows have the same digest, in whatever order they stand. */
export const identityOf = ({ hashes, count }: LockedRows): TestRows => {
  const hash = createHash('sha256').update(`${count}\n`)
  for (const one of hashes.toSorted()) hash.update(`${one}\n`)
  return { digest: `sha256:${hash.digest('hex')}`, rows: count }
}
