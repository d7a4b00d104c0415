// Finds the name a person most likely meant, for "did you mean".

const MAX_LENGTH = 64

/** Letters to change, add, drop or swap with their neighbour. */
const distance = (a: string, b: string) => {
  const table: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => table[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    table.push(row)
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), at(i - 1, j) + 1, at(i, j - 1) + 1, swapped))
    }
  }
  return at(a.length, b.length)
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '')

/** The closest candidate, if at most a third of its letters differ. */
export const nearest = (name: string, candidates: readonly string[]): string | undefined => {
  if (name.length > MAX_LENGTH) return undefined
  const scored = candidates
    .filter(candidate => candidate.length <= MAX_LENGTH)
    .map(candidate => ({ candidate, score: distance(plain(name), plain(candidate)) }))
  const best = scored.sort((a, b) => a.score - b.score)[0]
  return best && best.score <= Math.max(1, best.candidate.length / 3) && best.score < best.candidate.length ? best.candidate : undefined
}
