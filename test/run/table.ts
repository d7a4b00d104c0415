// Writes what `npm test` says at its end: a table of steps, and one line that sums the tests.
import type { Result } from './step.ts'

export const table = (results: readonly Result[], total: { seconds: number; budget: number }): string => {
  const rows = [
    ...results.map(r => [r.name, r.seconds, r.budget, tests(r), r.failure ?? remark(r.seconds, r.budget)] as const),
    ['total', total.seconds, total.budget, '', remark(total.seconds, total.budget)] as const,
  ].map(([name, seconds, budget, count, note]) => [name, seconds.toFixed(1), String(budget), count, note])
  return aligned([['step', 'seconds', 'budget', 'tests', ''], ...rows])
}

const remark = (seconds: number, budget: number): string => (seconds > budget ? 'over its budget' : '')

const tests = ({ counts }: Result): string => (counts.passed + counts.failed > 0 ? String(counts.passed + counts.failed) : '')

const NUMBERS = [1, 2, 3]

const aligned = (rows: readonly string[][]): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const cell = (text: string, column: number): string =>
    NUMBERS.includes(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0)
  return rows.map(row => row.map(cell).join('  ').trimEnd()).join('\n')
}

/** A step that failed without a failed test of its own (a lint error, a crash, too long) counts as one. */
export const sum = (results: readonly Result[]): { passed: number; failed: number } => ({
  passed: results.reduce((total, r) => total + r.counts.passed, 0),
  failed: results.reduce((total, r) => total + (r.failure ? Math.max(1, r.counts.failed) : 0), 0),
})
