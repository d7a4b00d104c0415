// Says whether the rows of a comparison were rows that one of the models was trained on: such rows flatter it, and prove nothing.
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
  /** Test rows whose content the challenger alone was trained on. */
  own: number
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

type Counted = Omit<Overlap, keyof Judgement>

const count = ({ test, holderTrained, challengerTrained }: RowHashes): Counted => {
  const [byHolder, byChallenger] = [walker(holderTrained), walker(challengerTrained)]
  let [common, explained, own] = [0, 0, 0]
  for (const hash of test.slice().sort()) {
    const [holder, challenger] = [byHolder(hash), byChallenger(hash)]
    common += Number(holder)
    explained += Number(holder && challenger)
    own += Number(challenger && !holder)
  }
  return { rows: test.length, common, explained, own }
}

const complaintAbout = ({ holderTrained, challengerTrained }: RowHashes, { rows, common, explained, own }: Counted) => {
  if (rows === 0) return 'there are no test rows'
  if (holderTrained.length === 0) return 'it is not known which rows the holder was trained on'
  if (challengerTrained.length === 0) return 'it is not known which rows the challenger was trained on'
  if (common > explained)
    return `the holder was trained on ${common - explained} of ${rows} test rows: compare on rows that neither model has seen`
  return own > 0
    ? `the challenger was trained on rows identical to ${own} of ${rows} test rows: train it again with data.split.method hash, which keeps identical rows on one side`
    : undefined
}

/**
 * Identical rows may stand on both sides of a split that does not go by content. Such a row was seen by both models and favours
 * neither, so it is counted and told; one that only one of them saw is an Error.
 */
export const overlap = (hashes: RowHashes): Overlap => {
  const counted = count(hashes)
  const complaint = complaintAbout(hashes, counted)
  if (complaint !== undefined) return { ...counted, verdict: 'Error', message: complaint }
  const { rows, explained } = counted
  const told = explained > 0 ? `; ${explained} are identical to rows that both were trained on` : ''
  return { ...counted, verdict: 'Pass', message: `none of ${rows} test rows was seen by one model alone${told}` }
}
