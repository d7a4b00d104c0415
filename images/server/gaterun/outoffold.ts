// The out-of-fold answers of a version: what a model that had not learned from a training row answered to it, as the trainer wrote them.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { Unusable } from './unusable.ts'

/** A record: hash, fold, true class, answered class, and the probability that was given to the true class. */
const AT = { hash: 0, fold: 8, actual: 10, predicted: 12, probability: 14 } as const
const BYTES = 18

export interface OutOfFold {
  count: number
  /** Number of folds. */
  folds: number
  /** So many candidates were ranked by these answers, and this is one of the best. */
  chosenFrom: number
  /** Sorted, rows of one hash by their fold. */
  hashes: BigUint64Array
  foldOf: Uint16Array
  /** Positions in `labels`. */
  actual: Uint16Array
  predicted: Uint16Array
  /** That of the true class. */
  probability: Float32Array
  labels: readonly string[]
}

type Described = Pick<Manifest, 'labels' | 'data' | 'chosenFrom'>

const read = (bytes: Uint8Array, { labels, chosenFrom = 1 }: Described): OutOfFold => {
  const count = bytes.length / BYTES
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const half = (at: number) => Uint16Array.from({ length: count }, (_, row) => view.getUint16(row * BYTES + at))
  const foldOf = half(AT.fold)
  return {
    count,
    folds: foldOf.reduce((most, fold) => Math.max(most, fold + 1), 0),
    chosenFrom,
    hashes: BigUint64Array.from({ length: count }, (_, row) => view.getBigUint64(row * BYTES + AT.hash)),
    foldOf,
    actual: half(AT.actual),
    predicted: half(AT.predicted),
    probability: Float32Array.from({ length: count }, (_, row) => view.getFloat32(row * BYTES + AT.probability)),
    labels,
  }
}

const complaintAboutRow = ({ labels, actual, predicted, probability }: OutOfFold, row: number) => {
  const classes = [actual[row] as number, predicted[row] as number]
  const unknown = classes.find(one => one >= labels.length)
  if (unknown !== undefined) return `names class ${unknown}; the manifest has ${labels.length}`
  const share = probability[row] as number
  return share >= 0 && share <= 1 ? undefined : `gives its class the probability ${share}, which is not between 0 and 1`
}

const isInOrder = ({ hashes, foldOf }: OutOfFold, row: number) => {
  if (row === 0) return true
  const [before, hash] = [hashes[row - 1] as bigint, hashes[row] as bigint]
  return before < hash || (before === hash && (foldOf[row - 1] as number) <= (foldOf[row] as number))
}

const checkRows = (found: OutOfFold) => {
  for (let row = 0; row < found.count; row++) {
    if (!isInOrder(found, row)) throw new Unusable('is not sorted')
    const complaint = complaintAboutRow(found, row)
    if (complaint !== undefined) throw new Unusable(`record ${row + 1} ${complaint}`)
  }
}

const checkFolds = ({ folds, foldOf }: OutOfFold) => {
  const used = new Set(foldOf)
  if (folds < 2) throw new Unusable('has one fold: nothing was left out')
  if (used.size !== folds) throw new Unusable(`has rows of ${used.size} folds and counts ${folds}`)
}

/** Reads evaluation/out-of-fold.bin; it has an answer to each training row, and to no other. */
export const outOfFold = (bytes: Uint8Array, described: Described, trained: BigUint64Array): OutOfFold => {
  if (bytes.length === 0 || bytes.length % BYTES !== 0)
    throw new Unusable(`has ${bytes.length} bytes, which are no whole records of ${BYTES}`)
  const found = read(bytes, described)
  const { trainRows } = described.data
  if (trainRows !== undefined && trainRows !== found.count)
    throw new Unusable(`has ${found.count} rows; the manifest counts ${trainRows} training rows`)
  checkRows(found)
  checkFolds(found)
  if (found.hashes.length !== trained.length || found.hashes.some((hash, row) => hash !== trained[row]))
    throw new Unusable('has other rows than the model was trained on')
  return found
}
