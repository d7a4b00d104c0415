// Replays the rows that Python answered before export: a model that answers otherwise here is not served.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { Refusal } from '../bundle/refusal.ts'
import { type Batch, type Cell, emptyBatch, put, type Signature } from '../codec/batch.ts'
import type { Answer } from './messages.ts'

export const goldenBatch = (signature: Signature, { rows }: Manifest['golden']): Batch => {
  const batch = emptyBatch(signature, rows.length)
  for (const [index, row] of rows.entries()) {
    for (const [i, place] of signature.places.entries()) {
      const value = row[i] as Cell
      if (value !== null && typeof value !== (place.column.type === 'number' ? 'number' : 'string')) {
        throw new Refusal(
          'ManifestInvalid',
          `golden.rows[${index}] has a ${typeof value} for ${place.column.name}, which is a ${place.column.type}.`,
        )
      }
      put(batch, place, { row: index, value })
    }
  }
  return batch
}

const largestDifference = (expected: number[], actual: Float32Array) =>
  expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (actual[i] as number))), 0)

/** Throws a Refusal at the first row that differs by more than the tolerance. */
export const checkParity = ({ golden, labels }: Pick<Manifest, 'golden' | 'labels'>, answer: Answer) => {
  for (const [row, expected] of golden.probabilities.entries()) {
    const difference = largestDifference(expected, answer.probabilities.subarray(row * labels.length, (row + 1) * labels.length))
    if (!(difference <= golden.tolerance)) {
      throw new Refusal(
        'ParityFailed',
        `Golden row ${row} is answered with probabilities that differ by ${difference.toExponential(2)} from Python's; at most ${golden.tolerance} is allowed. Train again with a trainer of this release.`,
      )
    }
    if (answer.labels[row] !== golden.labels[row]) {
      throw new Refusal(
        'ParityFailed',
        `Golden row ${row} is answered with label ${answer.labels[row]}; Python answered ${golden.labels[row]}.`,
      )
    }
  }
}
