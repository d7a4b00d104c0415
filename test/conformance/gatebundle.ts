// Bundles as a gate run gets them: a model, its test rows with what it answered to them, and the hashes of the rows it was trained on.
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Manifest, Metric } from '../../operator/api/bundle.ts'
import { bundleFile } from '../../operator/api/contract.ts'
import type { Gate } from '../../operator/api/gate.ts'
import type { GateConfig } from '../../operator/api/gatejob.ts'
import { digestOf, irisManifest, irisModel, LABELS, NUMBERS, probabilitiesOf, sampleBundle } from './samplebundle.ts'

export interface GateBundle {
  folder: string
  digest: string
}

/** What the true classes are drawn by; the nearer a model is to it, the better it is. */
const TRUE_BIASES = [6.4, 2.1, -2]

/** A linear congruential generator: the same rows on every machine. */
const generator = (seed: number) => {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

export interface TestRow {
  values: number[]
  label: string
  hash: string
}

const hashOf = (values: readonly number[], label: string) =>
  createHash('sha256')
    .update(JSON.stringify([values, label]))
    .digest('hex')

/** Flowers between the species, some of them of another species than the numbers say. */
export const testRows = (count: number, seed = 1): TestRow[] => {
  const random = generator(seed)
  const between = (low: number, high: number) => Math.fround(Number((low + random() * (high - low)).toFixed(1)))
  return Array.from({ length: count }, () => {
    const values = [between(4.5, 7.5), between(2, 4), between(1, 6.5), between(0.1, 2.5)]
    const shares = probabilitiesOf(values, TRUE_BIASES)
    const likely = LABELS[shares.indexOf(Math.max(...shares))] as string
    const label = random() < 0.1 ? (LABELS[Math.floor(random() * 3)] as string) : likely
    return { values, label, hash: hashOf(values, label) }
  })
}

export const predictionsFile = (rows: readonly TestRow[], biases: readonly number[]): string => {
  const header = ['row', 'label', 'prediction', ...LABELS.map(l => `probability_${l}`), ...NUMBERS.map(n => `input_${n}`)]
  const lines = rows.map(({ values, label, hash }) => {
    const shares = probabilitiesOf(values, biases)
    return [hash, label, LABELS[shares.indexOf(Math.max(...shares))], ...shares, ...values]
  })
  return [header, ...lines].map(cells => `${cells.join(',')}\n`).join('')
}

/** Eight bytes for each hash, sorted; hashes that are given as text are shortened. */
export const trainedFile = (hashes: readonly (bigint | string)[]): Buffer => {
  const short = BigUint64Array.from(hashes, hash => (typeof hash === 'bigint' ? hash : BigInt(`0x${hash.slice(0, 16)}`)))
  const bytes = Buffer.alloc(short.length * 8)
  for (const [i, hash] of short.sort().entries()) bytes.writeBigUInt64BE(hash, i * 8)
  return bytes
}

/** A training row that was answered by a model of the other folds; classes are positions in the labels. */
export interface FoldedRow {
  hash: bigint
  fold: number
  actual: number
  predicted: number
  /** That of the true class. */
  probability: number
}

/** 18 bytes for each row, as the trainer writes them: sorted by hash, then by fold. */
export const outOfFoldFile = (rows: readonly FoldedRow[]): Buffer => {
  const bytes = Buffer.alloc(rows.length * 18)
  const sorted = rows.toSorted((a, b) => (a.hash === b.hash ? a.fold - b.fold : a.hash < b.hash ? -1 : 1))
  for (const [i, { hash, fold, actual, predicted, probability }] of sorted.entries()) {
    bytes.writeBigUInt64BE(hash, i * 18)
    for (const [j, value] of [fold, actual, predicted].entries()) bytes.writeUInt16BE(value, i * 18 + 8 + 2 * j)
    bytes.writeFloatBE(probability, i * 18 + 14)
  }
  return bytes
}

/** Rows in five folds, so many of which in turn are answered wrong. */
export const foldedRows = (count: number, isWrong: (row: number) => boolean, folds = 5): FoldedRow[] =>
  Array.from({ length: count }, (_, row) => {
    const [actual, wrong] = [row % LABELS.length, isWrong(row)]
    const predicted = wrong ? (actual + 1) % LABELS.length : actual
    return { hash: BigInt(row + 1) * 1_000_003n, fold: row % folds, actual, predicted, probability: wrong ? 0.2 : 0.7 }
  })

const accuracyOf = (rows: readonly TestRow[], biases: readonly number[]) => {
  const right = rows.filter(({ values, label }) => {
    const shares = probabilitiesOf(values, biases)
    return LABELS[shares.indexOf(Math.max(...shares))] === label
  })
  return right.length / Math.max(1, rows.length)
}

export interface Making {
  rows?: readonly TestRow[]
  /** Of the three classes: what the model adds to each, so that it is better or worse. */
  biases?: readonly number[]
  trained?: readonly (bigint | string)[]
  trainingMetrics?: Metric[]
  /** The rows that it was trained on, answered out of fold; they take the place of `trained`. */
  folded?: readonly FoldedRow[]
  /** Changes the manifest before it is written. */
  change?: (manifest: Manifest) => Manifest
}

/** A fresh folder under the system's temporary one. */
export const gateBundle = (making: Making = {}): GateBundle => {
  const { rows = testRows(400), biases = TRUE_BIASES, folded, change = manifest => manifest } = making
  const trained = folded?.map(({ hash }) => hash) ?? making.trained ?? [1n, 2n, 3n]
  const accuracy = accuracyOf(rows, biases)
  const manifest: Manifest = {
    ...irisManifest(biases),
    metrics: [{ name: 'accuracy', value: accuracy }],
    trainingMetrics: making.trainingMetrics ?? [{ name: 'accuracy', value: accuracy + 0.02 }],
    data: { source: 'primary', described: 'drawn', trainRows: trained.length, testRows: rows.length },
  }
  const { folder } = sampleBundle({ manifest: change(manifest), model: irisModel(biases) })
  writeFileSync(join(folder, bundleFile.predictions), predictionsFile(rows, biases))
  writeFileSync(join(folder, bundleFile.trainedRows), trainedFile(trained))
  if (folded) writeFileSync(join(folder, bundleFile.outOfFold), outOfFoldFile(folded))
  return { folder, digest: digestOf(folder) }
}

/** The same bundle with a file changed, or gone where nothing is given, and registered like that. */
export const altered = ({ folder }: GateBundle, path: string, change: (text: string) => string | Uint8Array | undefined): GateBundle => {
  const file = join(folder, path)
  const content = change(readFileSync(file, 'latin1'))
  if (content === undefined) rmSync(file)
  else writeFileSync(file, content, 'latin1')
  return { folder, digest: digestOf(folder) }
}

export interface Contest {
  challenger: GateBundle
  holder?: GateBundle
  gates: Gate[]
}

export const gateConfig = ({ challenger, holder, gates }: Contest): GateConfig => ({
  contract: 1,
  model: 'iris',
  stage: 'Production',
  gateRun: 'run-1',
  challenger: { version: 7, ...challenger },
  ...(holder && { holder: { version: 5, ...holder } }),
  gates,
})
