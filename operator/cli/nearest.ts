// Decides which known names somebody probably meant: those that begin alike, then those a few edits away.

const most = 3
const longest = 80

export const nearest = (written: string, known: readonly string[]): string[] => {
  const typed = written.slice(0, longest).toLowerCase()
  return known
    .map(name => ({ name, edits: editsTo(typed, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits || b.name.localeCompare(a.name, 'en', { numeric: true }))
    .slice(0, most)
    .map(({ name }) => name)
}

/** `: did you mean churn-v4 or churn-v3?`, or what exists instead. */
export const suggestion = (written: string, known: readonly string[]): string => {
  const close = nearest(written, known)
  if (close.length > 0) return `: did you mean ${close.join(' or ')}?`
  if (known.length === 0) return '; there is none'
  return `; there ${known.length === 1 ? 'is' : 'are'} ${known.slice(0, 8).join(', ')}${known.length > 8 ? ', …' : ''}`
}

const editsTo = (typed: string, name: string): number =>
  typed !== '' && (name.startsWith(typed) || typed.startsWith(name)) ? 1 : editsBetween(typed, name.slice(0, longest))

const editsBetween = (a: string, b: string): number => {
  const rows = Array.from(a).reduce<number[]>(
    (above, letter, i) => {
      const row = [i + 1]
      for (const [j, other] of Array.from(b).entries()) {
        const replaced = (above[j] ?? 0) + (letter === other ? 0 : 1)
        row.push(Math.min(replaced, (above[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1))
      }
      return row
    },
    Array.from({ length: b.length + 1 }, (_, j) => j),
  )
  return rows[b.length] ?? 0
}
