// Decides which known name was probably meant: the one that the fewest edits lead to, if they are few.

export const closest = (written: string, known: readonly string[]): string | undefined => {
  const typed = written.slice(0, 64).toLowerCase()
  const ranked = known.map(name => ({ name, edits: editsBetween(typed, name.toLowerCase()) })).sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(2, Math.floor(best.name.length / 3)) ? best.name : undefined
}

/** Insertions, deletions and replacements that turn one into the other (Levenshtein). */
const editsBetween = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
