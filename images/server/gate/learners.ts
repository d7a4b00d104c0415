// Small classifiers that learn from drawn rows, for simulations in which models are really trained: a steady one and two that are not.
import type { uniforms } from './random.ts'

export interface DrawnRows {
  /** By column, then by row. */
  columns: readonly Float64Array[]
  classes: Uint8Array
}

/** Which rows and columns are learned from. */
interface Lesson {
  rows: readonly number[]
  columns: readonly number[]
}

/** The class that is answered to one row. */
type Model = (rows: DrawnRows, row: number) => number
export type Learner = (rows: DrawnRows, lesson: Lesson) => Model

const cell = ({ columns }: DrawnRows, column: number, row: number) => columns[column]?.[row] as number

/** Box and Muller's. */
const normal = (uniform: ReturnType<typeof uniforms>) => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())

/** Two classes as often as each other; each column is normal, its means as far apart as `distances` says. */
export const drawRows = (count: number, distances: readonly number[], uniform: ReturnType<typeof uniforms>): DrawnRows => {
  const classes = Uint8Array.from({ length: count }, () => (uniform() < 0.5 ? 0 : 1))
  return { classes, columns: distances.map(distance => Float64Array.from(classes, one => (one - 0.5) * distance + normal(uniform))) }
}

/** The class whose mean is nearer: a linear model of few parameters. */
const centroid: Learner = (rows, { rows: taught, columns }) => {
  const counts = [0, 0]
  const sums = columns.map(() => [0, 0])
  for (const row of taught) {
    const at = rows.classes[row] as number
    counts[at] = (counts[at] as number) + 1
    for (const [i, column] of columns.entries()) (sums[i] as number[])[at] = (sums[i]?.[at] as number) + cell(rows, column, row)
  }
  const means = sums.map(sum => sum.map((value, at) => value / Math.max(1, counts[at] as number)))
  return (asked, row) => {
    let nearer = 0
    for (const [i, column] of columns.entries()) {
      const [none, one] = means[i] as [number, number]
      nearer += (one - none) * (cell(asked, column, row) - (one + none) / 2)
    }
    return nearer > 0 ? 1 : 0
  }
}

/** Row after row, only the columns that are asked for. */
const packed = (rows: DrawnRows, { rows: taught, columns }: Lesson) =>
  Float64Array.from({ length: taught.length * columns.length }, (_, i) =>
    cell(rows, columns[i % columns.length] as number, taught[Math.floor(i / columns.length)] as number),
  )

/** The class of the nearest row: a single other row changes its answers. */
const neighbour: Learner = (rows, lesson) => {
  const { rows: taught, columns } = lesson
  const known = packed(rows, lesson)
  const width = columns.length
  return (asked, row) => {
    const wanted = columns.map(column => cell(asked, column, row))
    let [best, nearest] = [0, Number.POSITIVE_INFINITY]
    for (let i = 0; i < taught.length; i++) {
      let distance = 0
      for (let j = 0; j < width; j++) distance += ((wanted[j] as number) - (known[i * width + j] as number)) ** 2
      if (distance < nearest) [best, nearest] = [i, distance]
    }
    return rows.classes[taught[best] as number] as number
  }
}

interface Cut {
  column: number
  at: number
  impurity: number
}

const majority = ({ classes }: DrawnRows, taught: readonly number[]) =>
  taught.reduce((sum, row) => sum + (classes[row] as number), 0) * 2 > taught.length ? 1 : 0

/** Rows on one side times Gini's impurity there, half of it. */
const impurity = (ones: number, all: number) => (all === 0 ? 0 : (ones * (all - ones)) / all)

const bestCut = (rows: DrawnRows, taught: readonly number[], column: number): Cut => {
  const values = rows.columns[column] as Float64Array
  const ordered = Int32Array.from(taught).sort((a, b) => (values[a] as number) - (values[b] as number))
  const total = ordered.reduce((sum, row) => sum + (rows.classes[row] as number), 0)
  let [best, ones]: [Cut, number] = [{ column, at: Number.NaN, impurity: Number.POSITIVE_INFINITY }, 0]
  for (let i = 1; i < ordered.length; i++) {
    ones += rows.classes[ordered[i - 1] as number] as number
    const found = impurity(ones, i) + impurity(total - ones, ordered.length - i)
    const [below, above] = [values[ordered[i - 1] as number] as number, values[ordered[i] as number] as number]
    if (found < best.impurity && below < above) best = { column, at: (below + above) / 2, impurity: found }
  }
  return best
}

const FEWEST_IN_LEAF = 4
const DEPTH = 3

const grown = (rows: DrawnRows, { rows: taught, columns }: Lesson, depth: number): Model => {
  const answer = majority(rows, taught)
  if (depth === 0 || taught.length < 2 * FEWEST_IN_LEAF) return () => answer
  const cuts = columns.map(column => bestCut(rows, taught, column))
  const cut = cuts.reduce((best, one) => (one.impurity < best.impurity ? one : best))
  if (Number.isNaN(cut.at)) return () => answer
  const isBelow = (from: DrawnRows, row: number) => cell(from, cut.column, row) < cut.at
  const [below, above] = [true, false].map(side =>
    grown(rows, { columns, rows: taught.filter(row => isBelow(rows, row) === side) }, depth - 1),
  ) as [Model, Model]
  return (asked, row) => (isBelow(asked, row) ? below : above)(asked, row)
}

/** A decision tree: where it cuts first depends on few rows, and everything below depends on that. */
const tree: Learner = (rows, lesson) => grown(rows, lesson, DEPTH)

export const learners = { centroid, neighbour, tree } as const
export type LearnerName = keyof typeof learners
