// Measures how often out-of-fold answers let a worse way of training pass, with models that really learn, and writes the table of docs/gates.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { verdictOf } from './compare.ts'
import { designEffect } from './folds.ts'
import { type DrawnRows, drawRows, type LearnerName, learners } from './learners.ts'
import { page } from './operatingtable.ts'
import { uniforms } from './random.ts'
import { accuracyInterval, type Discordance } from './tango.ts'

export interface Situation {
  holder: LearnerName
  challenger: LearnerName
  /** Rows that both learn from; a quarter as many are test rows. */
  rows: number
  folds: number
}

/** Two columns for both, two for the holder alone, two for the challenger alone; each as telling as its distance. */
const SHARED = [0.8, 0.8]
const OWN = [0.8, 0.8]
const WEAKER = [0.5, 0.6]
const COLUMNS = { holder: [0, 1, 2, 3], challenger: [0, 1, 4, 5] }

type Uniform = ReturnType<typeof uniforms>

/** What was seen once: on test rows, and out of fold in all and per fold. */
interface Seen {
  test: Discordance
  outOfFold: Discordance
  means: number[]
}

const everyRow = ({ classes }: DrawnRows) => [...classes.keys()]

/** Both learn from the same rows and answer the same others. */
const contest = ({ holder, challenger }: Situation, rows: DrawnRows, taught: readonly number[]) => {
  const models = {
    holder: learners[holder](rows, { rows: taught, columns: COLUMNS.holder }),
    challenger: learners[challenger](rows, { rows: taught, columns: COLUMNS.challenger }),
  }
  return (asked: DrawnRows, answered: readonly number[]): Discordance => {
    let [won, lost] = [0, 0]
    for (const row of answered) {
      const [mine, other] = [models.challenger(asked, row), models.holder(asked, row)].map(found => found === asked.classes[row])
      if (mine && !other) won++
      if (other && !mine) lost++
    }
    return { won, lost, rows: answered.length }
  }
}

const added = (all: readonly Discordance[]): Discordance =>
  all.reduce((sum, one) => ({ won: sum.won + one.won, lost: sum.lost + one.lost, rows: sum.rows + one.rows }))

const gainOf = ({ won, lost, rows }: Discordance) => (won - lost) / rows

const seenOnce = (situation: Situation, distances: readonly number[], uniform: Uniform): Seen => {
  const { rows: count, folds } = situation
  const rows = drawRows(count, distances, uniform)
  // Drawn rows stand in no order, so every so-manieth row is a fold.
  const each = Array.from({ length: folds }, (_, fold) => {
    const taught = everyRow(rows).filter(row => row % folds !== fold)
    return contest(
      situation,
      rows,
      taught,
    )(
      rows,
      everyRow(rows).filter(row => row % folds === fold),
    )
  })
  const test = drawRows(count / 4, distances, uniform)
  return {
    test: contest(situation, rows, everyRow(rows))(test, everyRow(test)),
    outOfFold: added(each),
    means: each.map(gainOf),
  }
}

const passes = (interval: ReturnType<typeof accuracyInterval>, margin: number) =>
  ['Better', 'NonInferior'].includes(verdictOf(interval, margin))

const thinned = ({ won, lost, rows }: Discordance, effect: number): Discordance => ({
  won: won / effect,
  lost: lost / effect,
  rows: rows / effect,
})

/** What becomes of one draw by each way of judging it. */
const ways = {
  test: ({ test }: Seen, margin: number) => passes(accuracyInterval(test), margin),
  plain: ({ outOfFold }: Seen, margin: number) => passes(accuracyInterval(outOfFold), margin),
  corrected: ({ outOfFold, means }: Seen, margin: number) =>
    passes(accuracyInterval(thinned(outOfFold, designEffect({ folds: means.length }))), margin),
  gate: (seen: Seen, margin: number) => {
    const first = verdictOf(accuracyInterval(seen.test), margin)
    return first === 'Inconclusive' ? ways.corrected(seen, margin) : first !== 'Worse'
  },
} as const
type Way = keyof typeof ways

export interface Rates extends Record<Way, number> {
  margin: number
  /** Share of rows that exactly one gets right. */
  differ: number
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

const ratesOf = (all: readonly Seen[], margin: number): Rates => {
  const rate = (way: Way) => mean(all.map(seen => Number(ways[way](seen, margin))))
  const differ = mean(all.map(({ outOfFold }) => (outOfFold.won + outOfFold.lost) / outOfFold.rows))
  return { margin, differ, test: rate('test'), plain: rate('plain'), corrected: rate('corrected'), gate: rate('gate') }
}

/**
 * What cross-validation sees is, on average, the true difference between the two ways of training on so many rows. So the mean over
 * all draws is the truth, and the margin is put exactly there: every pass is then a false one. `equal` has columns of one strength,
 * so that nothing but chance tells the two apart, and is judged by the same margin.
 */
export const simulate = (situation: Situation, simulations: number): { worse: Rates; equal: Rates | undefined } => {
  const uniform = uniforms(situation.rows * 100 + situation.folds)
  const draw = (own: readonly number[]) =>
    Array.from({ length: simulations }, () => seenOnce(situation, [...SHARED, ...OWN, ...own], uniform))
  const worse = draw(WEAKER)
  const margin = -mean(worse.map(({ outOfFold }) => gainOf(outOfFold)))
  const isSame = situation.holder === situation.challenger
  return { worse: ratesOf(worse, margin), equal: isSame ? ratesOf(draw(OWN), margin) : undefined }
}

export const SIMULATIONS = 1000

const situations: Situation[] = [100, 400].flatMap(rows => [
  ...(['centroid', 'neighbour', 'tree'] as const).map(one => ({ holder: one, challenger: one, rows, folds: 5 })),
  { holder: 'centroid' as const, challenger: 'tree' as const, rows, folds: 5 },
  ...(rows === 100 ? [2, 10] : []).map(folds => ({ holder: 'tree' as const, challenger: 'tree' as const, rows, folds })),
])

const share = (value: number) => value.toFixed(3)
const points = (value: number) => (value * 100).toFixed(1)

export const foldsRow = (situation: Situation): string => {
  const { worse, equal } = simulate(situation, SIMULATIONS)
  return `| ${[
    `${situation.challenger} / ${situation.holder}`,
    String(situation.rows),
    String(situation.folds),
    points(worse.margin),
    `${Math.round(worse.differ * 100)}%`,
    share(worse.plain),
    share(worse.corrected),
    share(worse.gate),
    equal ? share(equal.test) : '',
    equal ? share(equal.gate) : '',
  ].join(' | ')} |`
}

const table = () => [
  '| challenger / holder | training rows | folds | margin | differ | at −margin: as independent rows | corrected | gate | equal: test rows | gate |',
  '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ...situations.map(foldsRow),
]

const BLOCK = /(<!-- folds: begin[^\n]*-->\n)[\s\S]*?(<!-- folds: end -->)/

if (import.meta.main) {
  const text = readFileSync(page, 'utf8')
  if (!BLOCK.test(text))
    throw new Error('docs/gates.md has no lines "<!-- folds: begin … -->" and "<!-- folds: end -->": put them where the table belongs')
  writeFileSync(
    page,
    text.replace(BLOCK, (_, begin: string, end: string) => `${begin}\n${table().join('\n')}\n\n${end}`),
  )
}
