// Finds the name a person most likely meant, for "did you mean".

const MAX_LENGTH = 64

const distance = (a: string, b: string) => {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const substituted = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      current.push(Math.min(substituted, (previous[j] as number) + 1, (current[j - 1] as number) + 1))
    }
    previous = current
  }
  return previous[b.length] as number
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
