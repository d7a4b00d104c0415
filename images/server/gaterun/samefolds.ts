// Puts the out-of-fold answers of two versions side by side, or says why that would compare more than how they were trained.
import type { Folds } from '../gate/folds.ts'
import type { Answers, Paired } from '../gate/paired.ts'
import { pair } from '../gate/paired.ts'
import type { OutOfFold } from './outoffold.ts'

interface Two {
  challenger: OutOfFold
  holder: OutOfFold
}

/** Rows of the one that the other has as well; both are sorted. */
const common = ({ challenger, holder }: Two) => {
  let [count, at] = [0, 0]
  for (const hash of challenger.hashes) {
    while (at < holder.count && (holder.hashes[at] as bigint) < hash) at++
    if (holder.hashes[at] !== hash) continue
    count++
    at++
  }
  return count
}

const whole = (rows: number) => rows.toLocaleString('en-US')

const classOf = ({ labels, actual }: OutOfFold, row: number) => labels[actual[row] as number] as string

/** The same rows, dealt into the same folds: else what differs between the answers is not only how the models were trained. */
const difference = (two: Two, against: string): string | undefined => {
  const { challenger, holder } = two
  const shared = common(two)
  if (shared < challenger.count || shared < holder.count)
    return `${against} was trained on other rows, of whose ${whole(holder.count)} only ${whole(shared)} are among the ${whole(challenger.count)} of this version`
  if (challenger.foldOf.some((fold, row) => fold !== holder.foldOf[row]))
    return `${against} was cross-validated in ${holder.folds} folds and this version in ${challenger.folds}, or on another deal: give both the same crossValidation.folds and train the one that differs again`
  const renamed = challenger.hashes.some((_, row) => classOf(challenger, row) !== classOf(holder, row))
  return renamed ? `${against} has other classes for the same rows: train it again` : undefined
}

/** Nothing but the probability of the true class is known, and log_loss asks for no other: the rest is shared evenly. */
const answersOf = ({ count, labels, actual, predicted, probability }: OutOfFold): Answers => {
  const width = labels.length
  const probabilities = new Float32Array(count * width)
  for (let row = 0; row < count; row++) {
    const share = probability[row] as number
    probabilities.fill((1 - share) / (width - 1), row * width, (row + 1) * width)
    probabilities[row * width + (actual[row] as number)] = share
  }
  return { labels, predicted, probabilities }
}

export interface PairedFolds extends Required<Folds> {
  paired: Paired
}

/** A text says why they cannot be compared. */
export const pairFolds = ({ challenger, holder }: Two, against: string): PairedFolds | string => {
  const differs = difference({ challenger, holder }, against)
  if (differs !== undefined) return differs
  const actual = Array.from({ length: challenger.count }, (_, row) => classOf(challenger, row))
  const paired = pair(actual, { challenger: answersOf(challenger), holder: answersOf(holder) })
  if ('fault' in paired) return paired.fault
  // Either may owe something to having been chosen: the challenger when it passes, the holder when it wins.
  return { paired, folds: challenger.folds, chosenFrom: Math.max(challenger.chosenFrom, holder.chosenFrom) }
}
