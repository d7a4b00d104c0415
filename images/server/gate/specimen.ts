// Two models made up to order, for tests and for the tables of docs/gates.md: how many rows each alone gets right is given.
import { type Answers, type Both, type Paired, pair } from './paired.ts'

export interface Order {
  rows: number
  /** Rows that only the challenger gets right. */
  won: number
  /** Rows that only the holder gets right. */
  lost: number
  /** Rows that both get wrong. */
  wrong?: number
}

const LABELS = ['no', 'yes']

/** A model that gives its label 90%, and the rest to the others. */
export const sure = (predicted: readonly number[], labels: readonly string[] = LABELS): Answers => ({
  labels,
  predicted,
  probabilities: predicted.flatMap(label => labels.map((_, i) => (i === label ? 0.9 : 0.1 / (labels.length - 1)))),
})

export const ordered = ({ rows, won, lost, wrong = 0 }: Order): Both<Answers> & { actual: string[] } => {
  const truth = Array.from({ length: rows }, (_, row) => row % 2)
  const answer = (isRight: (row: number) => boolean) => sure(truth.map((label, row) => (isRight(row) ? label : 1 - label)))
  return {
    actual: truth.map(label => LABELS[label] as string),
    challenger: answer(row => row < won || row >= won + lost + wrong),
    holder: answer(row => row >= won && (row < won + lost || row >= won + lost + wrong)),
  }
}

export const pairedOrder = (order: Order): Paired => {
  const { actual, ...both } = ordered(order)
  const paired = pair(actual, both)
  if ('fault' in paired) throw new Error(paired.fault)
  return paired
}
