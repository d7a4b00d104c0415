import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { junitCounts, readReport, vitestCounts } from './reports.ts'

describe('the counts of a step', () => {
  it('are read from a report of vitest', () => {
    const report = { numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 3 }
    expect(vitestCounts(JSON.stringify(report))).toEqual({ passed: 7, failed: 2, skipped: 4 })
  })

  it('are summed over the suites of a report of pytest, and an error counts as a failure', () => {
    const report = `<?xml version="1.0"?><testsuites name="pytest tests">
      <testsuite name="pytest" errors="1" failures="2" skipped="3" tests="20" time="1.5" hostname="tests"><testcase name="tests=9"/></testsuite>
      <testsuite name="more" errors="0" failures="0" skipped="0" tests="5"/></testsuites>`
    expect(junitCounts(report)).toEqual({ passed: 19, failed: 3, skipped: 3 })
  })

  it('are zero when the step died before it wrote a report', () => {
    expect(readReport('junit', '/nowhere/report.xml')).toEqual({ passed: 0, failed: 0, skipped: 0 })
  })

  it('are read from the file that the step left', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'tidegate-')), 'report.xml')
    writeFileSync(path, '<testsuite tests="2" errors="0" failures="0" skipped="0">')
    expect(readReport('junit', path).passed).toBe(2)
  })
})
