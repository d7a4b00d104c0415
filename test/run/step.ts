// Runs one step as a process of its own, with its output as it comes, each line under the step's name.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { type Counts, readReport } from './reports.ts'
import type { Step } from './steps.ts'

export interface Result {
  name: string
  seconds: number
  budget: number
  /** Why the step failed; absent when it did not. */
  failure?: string
  counts: Counts
  /** The last lines it wrote. */
  tail: string[]
}

const TAIL = 60
const root = join(import.meta.dirname, '..', '..')
const running = new Set<number>()

export const runStep = async (step: Step, budget: number, reports: string): Promise<Result> => {
  const report = join(reports, `${step.name}.${step.report === 'junit' ? 'xml' : 'json'}`)
  const started = performance.now()
  const tail: string[] = []
  const limit = setTimeout(() => stop(child.pid), budget * 2000)
  const [program = '', ...args] = step.command ?? [
    'npm',
    'run',
    '--silent',
    step.script ?? '',
    '--',
    ...(step.args ?? []),
    ...reporting(step, report),
  ]
  const child = spawn(program, args, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TIDEGATE_JUNIT: report, NO_COLOR: '1' },
  })
  if (child.pid) running.add(child.pid)
  const lines = [child.stdout, child.stderr].map(stream => follow(stream, step.name, tail))
  const code = await new Promise<number>(resolve => {
    child.once('error', () => resolve(127))
    child.once('close', exit => resolve(exit ?? 1))
  })
  await Promise.all(lines)
  clearTimeout(limit)
  if (child.pid) running.delete(child.pid)
  const seconds = (performance.now() - started) / 1000
  const counts = step.report ? readReport(step.report, report) : { passed: 0, failed: 0, skipped: 0 }
  return { name: step.name, seconds, budget, counts, tail, failure: failureOf(step, { code, seconds, budget, counts }) }
}

/** Ends every step that still runs, with all its processes. */
export const stopAll = (): void => {
  for (const pid of running) stop(pid)
}

const stop = (pid: number | undefined): void => {
  if (!pid) return
  signal(pid, 'SIGTERM')
  setTimeout(() => signal(pid, 'SIGKILL'), 30_000).unref()
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(-pid, name)
  } catch {
    // It ended by itself.
  }
}

const reporting = (step: Step, report: string): string[] =>
  step.report === 'vitest' ? ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`] : []

const follow = async (stream: Readable, name: string, tail: string[]): Promise<void> => {
  for await (const line of createInterface({ input: stream })) {
    console.log(`${name.padEnd(13)} │ ${line}`)
    tail.push(line)
    if (tail.length > TAIL) tail.shift()
  }
}

interface Ending {
  code: number
  seconds: number
  budget: number
  counts: Counts
}

const failureOf = (step: Step, { code, seconds, budget, counts }: Ending): string | undefined => {
  if (seconds > budget * 2) return `took ${Math.round(seconds)} s, more than twice its ${budget} s: it was stopped`
  if (counts.failed > 0) return `${counts.failed} tests failed`
  if (code !== 0) return `ended with exit code ${code}`
  if (counts.skipped > 0) return `${counts.skipped} tests were skipped: a test runs or it goes`
  return step.report && counts.passed === 0 ? 'reported no tests' : undefined
}
