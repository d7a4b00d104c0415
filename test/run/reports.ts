// Reads how many tests passed from the reports that vitest and pytest leave.
import { existsSync, readFileSync } from 'node:fs'

export interface Counts {
  passed: number
  failed: number
  skipped: number
}

export const readReport = (kind: 'vitest' | 'junit', path: string): Counts => {
  if (!existsSync(path)) return { passed: 0, failed: 0, skipped: 0 }
  const text = readFileSync(path, 'utf8')
  return kind === 'vitest' ? vitestCounts(text) : junitCounts(text)
}

export const vitestCounts = (text: string): Counts => {
  const report = JSON.parse(text) as { numPassedTests: number; numFailedTests: number; numPendingTests: number; numTodoTests: number }
  return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
}

/** Sums the suites; a file may hold one `<testsuite>` or several. */
export const junitCounts = (text: string): Counts => {
  const suites = [...text.matchAll(/<testsuite\s[^>]*>/g)].map(([tag]) => tag)
  const sum = (attribute: string): number =>
    suites.reduce((total, tag) => total + Number(new RegExp(`\\s${attribute}="(\\d+)"`).exec(tag)?.[1] ?? 0), 0)
  const failed = sum('failures') + sum('errors')
  const skipped = sum('skipped')
  return { passed: sum('tests') - failed - skipped, failed, skipped }
}
