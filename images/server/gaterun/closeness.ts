// How far two sets of answers to the same rows are apart; whatever is not a number is infinitely far.

export interface Recorded {
  labels: ArrayLike<number>
  /** Row after row, one number per label. */
  probabilities: ArrayLike<number>
}

export interface Closeness {
  rows: number
  /** Rows with another label than was recorded, where that was not a tie. */
  otherLabels: number
  /** The largest difference of a probability. */
  largest: number
  /** Up to which differences are no difference. */
  tolerance: number
}

const apart = (a: number | undefined, b: number | undefined) => {
  const difference = Math.abs((a ?? Number.NaN) - (b ?? Number.NaN))
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}

/** Where two classes are recorded as equally likely, either is the right one: the last bit of a sum decides. */
const isOther = ({ labels, probabilities }: Recorded, { row, got }: { row: number; got: number | undefined }, tolerance: number) => {
  const first = row * (probabilities.length / labels.length)
  const [mine, other] = [probabilities[first + (labels[row] ?? Number.NaN)], probabilities[first + (got ?? Number.NaN)]]
  return labels[row] !== got && !(apart(mine, other) <= 2 * tolerance)
}

export const closeness = (expected: Recorded, got: Recorded, tolerance: number): Closeness => {
  const rows = Math.max(expected.labels.length, got.labels.length)
  let [otherLabels, largest] = [0, 0]
  for (let row = 0; row < rows; row++) otherLabels += Number(isOther(expected, { row, got: got.labels[row] }, tolerance))
  for (let i = 0; i < Math.max(expected.probabilities.length, got.probabilities.length); i++)
    largest = Math.max(largest, apart(expected.probabilities[i], got.probabilities[i]))
  return { rows, otherLabels, largest, tolerance }
}

export const isClose = ({ rows, otherLabels, largest, tolerance }: Closeness) => rows > 0 && otherLabels === 0 && largest <= tolerance

/** Such as "largest difference of a probability 3.1e-7, at most 1e-4 is allowed; 2 other labels". */
export const saidCloseness = ({ otherLabels, largest, tolerance }: Closeness) => {
  const labels = otherLabels > 0 ? `; ${otherLabels} other labels` : ''
  return `largest difference of a probability ${largest.toExponential(1)}, at most ${tolerance.toExponential()} is allowed${labels}`
}
