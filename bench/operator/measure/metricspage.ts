// Reads figures from the operator's own metrics page.

type Labels = Record<string, string>

/** The sum of all series of a name that carry these labels. */
export const sumOf = (page: string, name: string, labels: Labels = {}): number =>
  seriesOf(page, name)
    .filter(series => Object.entries(labels).every(([key, value]) => series.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0)

interface Series {
  labels: Labels
  value: number
}

const seriesOf = (page: string, name: string): Series[] =>
  page.split('\n').flatMap(line => {
    const [, found, labels = '', value] = /^([a-z_A-Z]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (found !== name) return []
    return [
      { labels: Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key, text])), value: Number(value) },
    ]
  })

/** The bound that a part of all observations between two pages stayed below; Infinity when the last bucket holds it. */
export const boundOf = (
  pages: { before: string; after: string },
  part: number,
  { name, labels }: { name: string; labels: Labels },
): number => {
  const bounds = [...new Set(seriesOf(pages.after, `${name}_bucket`).map(series => series.labels['le'] ?? ''))]
  const counted = bounds
    .map(le => {
      const count = (page: string) => sumOf(page, `${name}_bucket`, { ...labels, le })
      return { bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), count: count(pages.after) - count(pages.before) }
    })
    .toSorted((a, b) => a.bound - b.bound)
  const all = counted.at(-1)?.count ?? 0
  return counted.find(({ count }) => count >= all * part)?.bound ?? Number.NaN
}
