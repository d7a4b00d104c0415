// Reads the tables that kubectl prints for people.

/** The rows of `kubectl get`, each by the names of its columns. */
export const rowsOf = (printed: string): Record<string, string>[] => {
  const [head = '', ...lines] = printed.trimEnd().split('\n')
  const starts = [...head.matchAll(/\S+/g)].map(match => ({ name: match[0], at: match.index }))
  return lines.map(line =>
    Object.fromEntries(starts.map(({ name, at }, index) => [name, line.slice(at, starts[index + 1]?.at ?? line.length).trim()])),
  )
}
