// How far two sets of answers to the same rows are apart; whatever is not a number is infinitely far.

export interface Recorded {
  labels: ArrayLike<number>
  /** Row after row, one number per label. */
  probabilities: ArrayLike<number>
}

export interface Closeness {
  rows: number
  /** Rows with another label. */
  otherLabels: number
  /** The largest difference of a probability. */
  largest: number
}

const apart = (a: number | undefined, b: number | undefined) => {
  const difference = Math.abs((a ?? Number.NaN) - (b ?? Number.NaN))
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
}

export const closeness = (expected: Recorded, got: Recorded): Closeness => {
  const rows = Math.max(expected.labels.length, got.labels.length)
  let [otherLabels, largest] = [0, 0]
  for (let row = 0; row < rows; row++) otherLabels += Number(expected.labels[row] !== got.labels[row])
  for (let i = 0; i < Math.max(expected.probabilities.length, got.probabilities.length); i++)
    largest = Math.max(largest, apart(expected.probabilities[i], got.probabilities[i]))
  return { rows, otherLabels, largest }
}

export const isClose = ({ rows, otherLabels, largest }: Closeness, tolerance: number) =>
  rows > 0 && otherLabels === 0 && largest <= tolerance

/** Such as "largest difference of a probability 3.1e-7, at most 1e-4 is allowed; 2 other labels". */
export const saidCloseness = ({ otherLabels, largest }: Closeness, tolerance: number) => {
  const labels = otherLabels > 0 ? `; ${otherLabels} other labels` : ''
  return `largest difference of a probability ${largest.toExponential(1)}, at most ${tolerance.toExponential()} is allowed${labels}`
}
