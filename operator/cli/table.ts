// Decides how a table reads: aligned, at most 100 columns, the longest column cut; nothing in it can steer a terminal.

export const WIDTH = 100
const GAP = '  '
const narrowest = 8

export const table = (head: readonly string[], rows: readonly (readonly string[])[], width = WIDTH): string => {
  const lines = [head, ...rows].map(cells => head.map((_, i) => plain(cells[i] ?? '')))
  const widths = fitted(
    head.map((_, i) => Math.max(...lines.map(cells => lengthOf(cells[i] ?? '')))),
    width - GAP.length * (head.length - 1),
  )
  return lines
    .map(cells =>
      cells
        .map((cell, i) => padded(cut(cell, widths[i] ?? 0), widths[i] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

/** Takes from the widest until the sum fits. */
const fitted = (wanted: readonly number[], space: number): number[] => {
  const widths = [...wanted]
  for (let over = widths.reduce((sum, each) => sum + each, 0) - space; over > 0; over -= 1) {
    const widest = widths.indexOf(Math.max(...widths))
    if ((widths[widest] ?? 0) <= narrowest) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

/** What others wrote, on one line and without control or direction characters. */
export const plain = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()

const lengthOf = (text: string): number => Array.from(text).length

const cut = (text: string, width: number): string => {
  const letters = Array.from(text)
  return letters.length <= width
    ? text
    : `${letters
        .slice(0, width - 1)
        .join('')
        .trimEnd()}…`
}

const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - lengthOf(text)))
