// Entry of `npm test`: every step, a table of step, seconds and budget, and as its last line how many tests passed and failed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Result, runStep, stopAll } from './step.ts'
import { alone, beside, budgets, first, quick, type Step, steps, TOTAL } from './steps.ts'
import { sum, table } from './table.ts'

const wanted = process.argv.slice(2)
const unknown = wanted.filter(name => !steps.some(step => step.name === name))
if (unknown.length > 0) {
  console.error(`unknown step ${unknown.join(', ')}: the steps are ${steps.map(step => step.name).join(', ')}`)
  process.exit(2)
}

const reports = mkdtempSync(join(tmpdir(), 'tidegate-test-'))
const budget = budgets()
const results: Result[] = []
const started = performance.now()
let stopped = false

const stop = (): void => {
  stopped = true
  stopAll()
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)

const inOrder = async (lane: readonly Step[]): Promise<void> => {
  for (const step of lane) {
    if (stopped || (wanted.length > 0 && !wanted.includes(step.name))) continue
    results.push(await runStep(step, budget.get(step.name) ?? step.budget.warm, reports))
  }
}

await inOrder([first])
if (results.every(result => !result.failure)) {
  await Promise.all([inOrder(quick), inOrder(beside)])
  await inOrder(alone)
}
rmSync(reports, { recursive: true, force: true })

for (const result of results.filter(one => one.failure)) {
  console.log(`\n${result.name}: ${result.failure}. The end of what it wrote:\n${result.tail.map(line => `  ${line}`).join('\n')}`)
}
const warm = [...beside, ...alone].every(step => budget.get(step.name) === step.budget.warm)
console.log(`\n${table(results, { seconds: (performance.now() - started) / 1000, budget: warm ? TOTAL.warm : TOTAL.cold })}\n`)
const { passed, failed } = sum(results)
const complete = !stopped && results.length > 0
process.exitCode = failed > 0 || !complete ? 1 : 0
console.log(`${passed} passed, ${failed} failed`)
