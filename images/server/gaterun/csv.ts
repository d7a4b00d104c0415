// Splits the bytes of a CSV file into records as RFC 4180 writes them: quoted cells may hold commas, quotes and line ends.
import { Unusable } from './unusable.ts'

const QUOTE = 0x22
const LINE_FEED = 0x0a
/** Far above a record of 512 columns and 1,000 classes; a quote that never closes stops here. */
const MOST_BYTES = 8 * 1024 * 1024

export interface CsvRecord {
  /** From 1; the header is the first. */
  number: number
  cells: string[]
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decoded = (bytes: Uint8Array) => {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new Unusable('is not UTF-8')
  }
}

/** Where the quoted cell that begins at `start` ends; a quote inside it is written twice. */
const closingQuote = (text: string, start: number) => {
  let at = text.indexOf('"', start + 1)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  if (at < 0) throw new Unusable('has a quote that does not close')
  return at
}

const quotedCell = (text: string, start: number) => {
  const end = closingQuote(text, start)
  if (end + 1 < text.length && text[end + 1] !== ',') throw new Unusable('has text after a closing quote')
  return { cell: text.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 }
}

const plainCell = (text: string, start: number) => {
  const comma = text.indexOf(',', start)
  const end = comma < 0 ? text.length : comma
  const cell = text.slice(start, end)
  if (cell.includes('"')) throw new Unusable('has a quote inside a cell that is not quoted')
  return { cell, end }
}

const cellsOf = (text: string): string[] => {
  if (!text.includes('"')) return text.split(',')
  const cells: string[] = []
  for (let at = 0; at <= text.length; at++) {
    const { cell, end } = text[at] === '"' ? quotedCell(text, at) : plainCell(text, at)
    cells.push(cell)
    at = end
  }
  return cells
}

const isBlank = (line: Uint8Array) => line.length === 0

const withoutReturn = (line: Uint8Array) => (line.at(-1) === 0x0d ? line.subarray(0, -1) : line)

/** Ends of records: a line feed counts unless an odd number of quotes stands before it. */
const lines = function* (bytes: Uint8Array): Generator<Uint8Array> {
  let [start, quoted] = [0, false]
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) quoted = !quoted
    else if (bytes[at] === LINE_FEED && !quoted) {
      yield withoutReturn(bytes.subarray(start, at))
      start = at + 1
    }
    if (at - start > MOST_BYTES) throw new Unusable(`has a record of more than ${MOST_BYTES} bytes`)
  }
  if (quoted) throw new Unusable('ends within quotes')
  if (start < bytes.length) yield withoutReturn(bytes.subarray(start))
}

/** Each record with its cells; a file that is not CSV is refused at the first one that is wrong. */
export const records = function* (bytes: Uint8Array): Generator<CsvRecord> {
  let number = 0
  for (const line of lines(bytes)) {
    number++
    if (isBlank(line)) throw new Unusable(`record ${number} is empty`)
    yield { number, cells: cellsOf(decoded(line)) }
  }
}
