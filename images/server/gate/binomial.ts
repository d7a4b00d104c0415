// Exact probabilities of counts: how likely so few of n are, each with the same chance.

/** P(X ≤ k) for k from 0 to `upTo`, X binomial of n and p, 0 < p < 1; in logarithms, because 0.5^2000 is no longer a number. */
export const cumulative = (upTo: number, n: number, p: number): Float64Array => {
  let log = n * Math.log1p(-p)
  let sum = 0
  return Float64Array.from({ length: upTo + 1 }, (_, k) => {
    sum += Math.exp(log)
    log += Math.log(((n - k) / (k + 1)) * (p / (1 - p)))
    return Math.min(1, sum)
  })
}

/**
 * McNemar's exact test: of the rows that only one of two models gets right, is a half of them for each still believable?
 * Two-sided; 1 when there are none. It takes six rows on one side and none on the other to get below 0.05.
 * Rows that count less than one make counts that are no whole numbers: each is rounded to where the two are more alike.
 */
export const mcnemar = (won: number, lost: number): number => {
  const [fewer, more] = [Math.ceil(Math.min(won, lost)), Math.floor(Math.max(won, lost))]
  return Math.min(1, 2 * (cumulative(fewer, fewer + more, 0.5).at(-1) ?? 1))
}
