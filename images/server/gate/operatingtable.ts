// Measures how often the gate on accuracy passes, fails and holds, by simulation, and writes the table of docs/gates.md when it is run.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compare, isMeasured, verdictOf } from './compare.ts'
import type { Paired } from './paired.ts'
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
    (rowsNeeded(discordance, { margin }) ?? 0).toLocaleString('en-US'),
  ].join(' | ')} |`
}

const table = (margin: number) => [
  `Margin ${margin * 100} ${margin === 0.01 ? 'point' : 'points'}:`,
  '',
  '| rows | differ | equal: pass | covered | at −margin: pass | fail | at +margin: pass | Better | rows needed |',
  '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...[100, 200, 500, 1000, 2000, 5000, 10_000].flatMap(rows => [0.05, 0.1, 0.2].map(differ => tableRow(rows, differ, margin))),
]

/** Two classes, 70 and 30 of 100 rows; in both, so many of 100 are right only by the challenger, only by the holder, and by neither. */
interface Skill {
  won: number
  lost: number
}
const EQUAL: Skill = { won: 5, lost: 5 }
const WEAKER: Skill = { won: 3.5, lost: 6.5 }
const WRONG = 5

/** A row as class, answer of the holder, answer of the challenger. */
const drawnRow = ({ won, lost }: Skill, uniform: () => number) => {
  const actual = uniform() < 0.7 ? 0 : 1
  const at = uniform() * 100
  const other = 1 - actual
  if (at < won) return [actual, other, actual] as const
  if (at < won + lost) return [actual, actual, other] as const
  return at < won + lost + WRONG ? ([actual, other, other] as const) : ([actual, actual, actual] as const)
}

const drawnPair = (skill: Skill, rows: number, uniform: () => number): Paired => {
  const all = Array.from({ length: rows }, () => drawnRow(skill, uniform))
  const column = (i: 0 | 1 | 2) => Int32Array.from(all, row => row[i])
  const side = (i: 1 | 2) => ({ predicted: column(i), probabilities: new Float64Array(2 * rows) })
  return { rows, classes: ['no', 'yes'], actual: column(0), holder: side(1), challenger: side(2) }
}

/** What f1 is worth when every row is as likely as it is drawn. */
const trueDifference = ({ won, lost }: Skill) => {
  const f1 = (wrong: number) => {
    const [first, second] = [70 * (100 - wrong) * 2, 30 * (100 - wrong) * 2]
    return (first / (70 * (100 - wrong) + 70 * 100 + 30 * wrong) + second / (30 * (100 - wrong) + 30 * 100 + 70 * wrong)) / 2
  }
  return f1(lost + WRONG) - f1(won + WRONG)
}

const F1_SIMULATIONS = 500
const F1_RESAMPLES = 400

const simulateF1 = (skill: Skill, rows: number, margin: number) => {
  const uniform = uniforms(rows + Math.round(skill.won * 10))
  const truth = trueDifference(skill)
  const rates = { pass: 0, covered: 0 }
  for (let seed = 0; seed < F1_SIMULATIONS; seed++) {
    const comparison = compare(drawnPair(skill, rows, uniform), { metric: 'f1', margin, resamples: F1_RESAMPLES, seed })
    if (!isMeasured(comparison)) continue
    rates.pass += Number(comparison.low > -margin) / F1_SIMULATIONS
    rates.covered += Number(comparison.low <= truth && truth <= comparison.high) / F1_SIMULATIONS
  }
  return rates
}

export const f1Row = (rows: number): string => {
  const margin = -trueDifference(WEAKER)
  const [equal, worse] = [simulateF1(EQUAL, rows, margin), simulateF1(WEAKER, rows, margin)]
  return `| ${[rows.toLocaleString('en-US'), ...[equal.pass, equal.covered, worse.pass, worse.covered].map(share)].join(' | ')} |`
}

const f1Table = () => [
  `f1, two classes (70 and 30 of 100 rows), 10% differ, margin ${(-trueDifference(WEAKER) * 100).toFixed(2)} points:`,
  '',
  '| rows | equal: pass | covered | at −margin: pass | covered |',
  '| ---: | ---: | ---: | ---: | ---: |',
  ...[50, 100, 200, 500, 1000, 2000].map(f1Row),
]

export const page = join(import.meta.dirname, '../../../docs/gates.md')
const BLOCK = /(<!-- table: begin[^\n]*-->\n)[\s\S]*?(<!-- table: end -->)/

if (import.meta.main) {
  const text = readFileSync(page, 'utf8')
  if (!BLOCK.test(text))
    throw new Error('docs/gates.md has no lines "<!-- table: begin … -->" and "<!-- table: end -->": put them where the table belongs')
  const tables = [table(0.025), table(0.01), f1Table()].map(lines => lines.join('\n')).join('\n\n')
  writeFileSync(
    page,
    text.replace(BLOCK, (_, begin: string, end: string) => `${begin}\n${tables}\n\n${end}`),
  )
}
