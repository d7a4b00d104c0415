// Says whether the rows of a comparison were rows that the holder was trained on: such rows flatter it, and prove nothing.
import type { Judgement } from './judgement.ts'

/** 64-bit hashes of the content of rows, one for each row, in any order. */
export interface RowHashes {
  /** The rows on which both models are compared. */
  test: BigUint64Array
  /** The rows that the holder was trained on. */
  holderTrained: BigUint64Array
  /** The rows that the challenger was trained on. */
  challengerTrained: BigUint64Array
}

export interface Overlap extends Judgement {
  rows: number
  /** Test rows whose content the holder was trained on. */
  common: number
  /** Those of them whose content the challenger was trained on as well. */
  explained: number
}

/** Whether a value is among sorted ones; values are asked for in ascending order, so the place only moves forward. */
const walker = (hashes: BigUint64Array) => {
  const sorted = hashes.slice().sort()
  let at = 0
  return (hash: bigint) => {
    while (at < sorted.length && (sorted[at] as bigint) < hash) at++
    return sorted[at] === hash
  }
}

/**
 * Identical rows may stand on both sides of a split that does not go by content. Such a row was seen by both models and favours
 * neither, so it is counted and told; one that only the holder saw is an Error.
 */
export const overlap = ({ test, holderTrained, challengerTrained }: RowHashes): Overlap => {
  const [byHolder, byChallenger] = [walker(holderTrained), walker(challengerTrained)]
  let [common, explained] = [0, 0]
  for (const hash of test.slice().sort()) {
    const seen = byHolder(hash)
    const seenByBoth = byChallenger(hash) && seen
    common += Number(seen)
    explained += Number(seenByBoth)
  }
  const counted = { rows: test.length, common, explained }
  if (test.length === 0) return { ...counted, verdict: 'Error', message: 'there are no test rows' }
  if (holderTrained.length === 0) return { ...counted, verdict: 'Error', message: 'it is not known which rows the holder was trained on' }
  if (common > explained) {
    const message = `the holder was trained on ${common - explained} of ${test.length} test rows: compare on rows that neither model has seen`
    return { ...counted, verdict: 'Error', message }
  }
  const told = explained > 0 ? `; ${explained} are identical to rows that both were trained on` : ''
  return { ...counted, verdict: 'Pass', message: `none of ${test.length} test rows was seen by the holder alone${told}` }
}
