// One class against the rest: the rows in the order of their scores, and the area under the ROC curve that the order gives.

export interface Ranking {
  /** Rows from the lowest score to the highest. */
  order: Int32Array
  /** In that order: 1 for a row of the class. */
  positive: Uint8Array
  /** In that order: 1 for the last of the rows that share a score. */
  endsTie: Uint8Array
}

export const ranking = (scores: Float64Array, isPositive: (row: number) => boolean): Ranking => {
  const order = Int32Array.from(scores.keys()).sort((a, b) => (scores[a] as number) - (scores[b] as number))
  return {
    order,
    positive: Uint8Array.from(order, row => Number(isPositive(row))),
    endsTie: Uint8Array.from(order, (row, i) => Number(i + 1 === order.length || scores[row] !== scores[order[i + 1] as number])),
  }
}

/** How often a row of the class has the higher score, a tie being half; NaN without rows on one side. */
export const area = ({ order, positive, endsTie }: Ranking, weights: ArrayLike<number>): number => {
  let [won, above, below, tiedPositives, tiedNegatives] = [0, 0, 0, 0, 0]
  for (let i = 0; i < order.length; i++) {
    const weight = weights[order[i] as number] as number
    if (positive[i] === 1) tiedPositives += weight
    else tiedNegatives += weight
    if (endsTie[i] === 0) continue
    won += tiedPositives * (below + tiedNegatives / 2)
    above += tiedPositives
    below += tiedNegatives
    tiedPositives = 0
    tiedNegatives = 0
  }
  return won / (above * below)
}

/** Per row: how many rows of the other side stand below it, a tie being half. It is all that the row adds to the area. */
export const placements = ({ order, positive, endsTie }: Ranking): Float64Array => {
  const placed = new Float64Array(order.length)
  const below = [0, 0]
  let start = 0
  for (let i = 0; i < order.length; i++) {
    if (endsTie[i] === 0) continue
    const tied = positive.subarray(start, i + 1)
    const positives = tied.reduce((sum, one) => sum + one, 0)
    const both = [tied.length - positives, positives]
    for (let j = start; j <= i; j++) {
      const other = 1 - (positive[j] as number)
      placed[order[j] as number] = (below[other] as number) + (both[other] as number) / 2
    }
    below[0] = (below[0] as number) + (both[0] as number)
    below[1] = (below[1] as number) + (both[1] as number)
    start = i + 1
  }
  return placed
}
