// Measures how often the gate on accuracy passes, fails and holds, by simulation, and writes the table of docs/gates.md when it is run.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verdictOf } from './compare.ts'
import { uniforms } from './random.ts'
import { rowsNeeded } from './rowsneeded.ts'
import { accuracyInterval } from './tango.ts'

export interface Situation {
  rows: number
  /** Share of rows that exactly one of the models gets right. */
  discordance: number
  /** True difference of the accuracies, challenger minus holder. */
  difference: number
  margin: number
}

export interface Rates {
  pass: number
  better: number
  fail: number
  /** How often the interval held the true difference. */
  covered: number
}

const SIMULATIONS = 2000

/** One set of test rows: only how many of them each model alone gets right matters. */
const drawn = ({ rows, discordance, difference }: Situation, uniform: () => number) => {
  const winning = (discordance + difference) / 2
  let [won, lost] = [0, 0]
  for (let row = 0; row < rows; row++) {
    const at = uniform()
    if (at < winning) won++
    else if (at < discordance) lost++
  }
  return { won, lost, rows }
}

export const simulate = (situation: Situation, seed: number): Rates => {
  const uniform = uniforms(seed)
  const rates = { pass: 0, better: 0, fail: 0, covered: 0 }
  for (let i = 0; i < SIMULATIONS; i++) {
    const interval = accuracyInterval(drawn(situation, uniform))
    const verdict = verdictOf(interval, situation.margin)
    rates.pass += Number(verdict === 'Better' || verdict === 'NonInferior') / SIMULATIONS
    rates.better += Number(verdict === 'Better') / SIMULATIONS
    rates.fail += Number(verdict === 'Worse') / SIMULATIONS
    rates.covered += Number(interval.low <= situation.difference && situation.difference <= interval.high) / SIMULATIONS
  }
  return rates
}

const share = (value: number) => value.toFixed(3)

/** Every row of the table has seeds of its own, so that one can be computed again without the others. */
export const tableRow = (rows: number, discordance: number, margin: number): string => {
  const seed = rows * 1000 + Math.round(discordance * 100)
  const at = (difference: number, salt: number) => simulate({ rows, discordance, difference, margin }, seed + salt)
  const [equal, worse, better] = [at(0, 1_000_000_007), at(-margin, 1_000_000_021), at(margin, 1_000_000_033)]
  return `| ${[
    rows.toLocaleString('en-US'),
    `${Math.round(discordance * 100)}%`,
    share(equal.pass),
    share(equal.covered),
    share(worse.pass),
    share(worse.fail),
    share(better.pass),
    share(better.better),
    (rowsNeeded(discordance, margin) ?? 0).toLocaleString('en-US'),
  ].join(' | ')} |`
}

const table = (margin: number) => [
  `Margin ${margin * 100} points:`,
  '',
  '| rows | differ | equal: pass | covered | at −margin: pass | fail | at +margin: pass | Better | rows needed |',
  '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...[100, 200, 500, 1000, 2000, 5000, 10_000].flatMap(rows => [0.05, 0.1, 0.2].map(differ => tableRow(rows, differ, margin))),
]

export const page = join(import.meta.dirname, '../../../docs/gates.md')
const BLOCK = /(<!-- table: begin[^\n]*-->\n)[\s\S]*?(<!-- table: end -->)/

if (import.meta.main) {
  const text = readFileSync(page, 'utf8')
  if (!BLOCK.test(text))
    throw new Error('docs/gates.md has no lines "<!-- table: begin … -->" and "<!-- table: end -->": put them where the table belongs')
  const tables = [0.025, 0.01].map(margin => table(margin).join('\n')).join('\n\n')
  writeFileSync(
    page,
    text.replace(BLOCK, (_, begin: string, end: string) => `${begin}\n${tables}\n\n${end}`),
  )
}
