// How much an out-of-fold answer counts: less than a test row, because the models behind the answers learned from each other's rows.

export interface Folds {
  folds: number
  /** So many candidates were ranked by these answers, and the best was taken. Default: 1. */
  chosenFrom?: number
}

/** P(Z ≤ z) for a standard normal Z, by the series φ(z) (z + z³/3 + z⁵/(3·5) + …). */
const normal = (z: number) => {
  let [sum, term] = [z, z]
  for (let i = 3; Math.abs(term) > 1e-17; i += 2) {
    term *= (z * z) / i
    sum += term
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

/** Below which a standard normal falls with that probability, by bisection. */
const quantile = (probability: number) => {
  let [below, above] = [0, 8]
  for (let i = 0; i < 52; i++) {
    const middle = (below + above) / 2
    if (normal(middle) < probability) below = middle
    else above = middle
  }
  return below
}

/**
 * The best of m candidates looks better than it is, because the answers that chose it are those that it is compared by. Bonferroni:
 * with an interval of 1 − 0.05/m for each of them, the chance that any of them passes falsely stays at 2.5%, and so it does for the
 * one that was chosen, however that was done. An interval is as wide as √rows is small, so it is told as rows that count less.
 */
const choiceEffect = (chosenFrom: number) => (quantile(1 - 0.025 / chosenFrom) / quantile(0.975)) ** 2

/**
 * By how much the variance of a mean over out-of-fold answers exceeds that over as many independent rows; 1 for test rows, which
 * have no folds. Every two of the fold models share most of their training rows, so their mistakes go together. Nadeau and Bengio
 * (2003) put the variance at (1/K + n₂/n₁) S², with K folds of n₂ rows, n₁ others, and S² the variance between fold means. S² is
 * σ²/n₂ for rows of variance σ², which gives (1 + K/(K−1)) σ²/n: with five folds a row counts as 0.44. Taking σ² from the rows and
 * not from the K means spares the t distribution with K−1 degrees of freedom, with which nothing would ever be decided.
 */
export const designEffect = ({ folds, chosenFrom = 1 }: Partial<Folds>): number =>
  folds === undefined ? 1 : (1 + folds / (folds - 1)) * choiceEffect(chosenFrom)

/** So many independent rows say as much. */
export const countedRows = (rows: number, folds: Partial<Folds>): number => Math.floor(rows / designEffect(folds))
