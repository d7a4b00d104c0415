// Reads the test rows of a bundle: what went in, the true class, and what Python answered before export.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest } from '../../operator/api/bundle.ts'
import { bundleFile } from '../../operator/api/contract.ts'

export type Value = string | number | null

export interface TestRow {
  /** The hash of its content. */
  hash: string
  values: Value[]
  actual: string
  prediction: string
  probabilities: number[]
}

const INPUT = 'input_'
const PROBABILITY = 'probability_'

/** Cells hold no comma and no quote: names and categories of these tables are plain words. */
const table = (text: string) =>
  text
    .trimEnd()
    .split(/\r?\n/)
    .map(line => line.split(','))

export const testRows = (folder: string, { inputs, labels }: Manifest): TestRow[] => {
  const [header = [], ...lines] = table(readFileSync(join(folder, bundleFile.predictions), 'utf8'))
  const cell = (line: string[], name: string) => line[header.indexOf(name)] as string
  const value = (text: string, type: string): Value => (text === '' ? null : type === 'number' ? Number(text) : text)
  return lines.map(line => ({
    hash: cell(line, 'row'),
    values: inputs.map(({ name, type }) => value(cell(line, INPUT + name), type)),
    actual: cell(line, 'label'),
    prediction: cell(line, 'prediction'),
    probabilities: labels.map(label => Number(cell(line, PROBABILITY + label))),
  }))
}
