import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { runStep } from './step.ts'
import type { Step } from './steps.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'tidegate-step-'))
const shell = (script: string, rest: Partial<Step> = {}): Step => ({
  name: 'tide',
  command: ['sh', '-c', script],
  budget: { warm: 5, cold: 5 },
  ...rest,
})

/** One that ended may stay in the table of processes until somebody asks for its exit code. */
const isAlive = (pid: string): boolean => existsSync(`/proc/${pid}/stat`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))

describe('a step', () => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined)

  it('shows its output line by line under its name, and keeps the end of it', async () => {
    const result = await runStep(shell('echo high; echo low >&2'), 5, folder())
    expect(log.mock.calls.map(([line]) => String(line)).toSorted()).toEqual(['tide          │ high', 'tide          │ low'])
    expect(result).toMatchObject({ name: 'tide', failure: undefined })
    expect(result.tail.toSorted()).toEqual(['high', 'low'])
  })

  it('fails with the exit code of its program', async () => {
    expect((await runStep(shell('exit 3'), 5, folder())).failure).toBe('ended with exit code 3')
  })

  it('fails when its program does not exist', async () => {
    expect((await runStep({ ...shell(''), command: ['/nowhere/at/all'] }, 5, folder())).failure).toBe('ended with exit code 127')
  })

  it('is stopped with everything it started when it takes more than twice its budget', async () => {
    const scratch = folder()
    const result = await runStep(shell(`sleep 60 & echo $! > ${scratch}/pid; wait`), 0.2, scratch)
    expect(result.failure).toMatch(/more than twice its 0.2 s: it was stopped/)
    await expect.poll(() => isAlive(readFileSync(`${scratch}/pid`, 'utf8').trim())).toBe(false)
  })

  const reporting = (counts: string): Step => shell(`echo '<testsuite ${counts}>' > "$TIDEGATE_JUNIT"`, { report: 'junit' })

  it('counts the tests of its report', async () => {
    const result = await runStep(reporting('tests="4" failures="0" errors="0" skipped="0"'), 5, folder())
    expect(result).toMatchObject({ counts: { passed: 4, failed: 0, skipped: 0 }, failure: undefined })
  })

  it.each([
    ['a test failed', 'tests="4" failures="1" errors="0" skipped="0"', '1 tests failed'],
    ['a test was skipped', 'tests="4" failures="0" errors="0" skipped="1"', '1 tests were skipped: a test runs or it goes'],
    ['there was no test', 'tests="0" failures="0" errors="0" skipped="0"', 'reported no tests'],
  ])('fails when %s, whatever its exit code', async (_, counts, failure) => {
    expect((await runStep(reporting(counts), 5, folder())).failure).toBe(failure)
  })
})
