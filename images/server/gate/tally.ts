// Counts what the metrics of labels are made of: cells of rows that two models answer alike, and totals per class of one of them.
import type { Both, Paired } from './paired.ts'

/** All rows of one class to which the holder gives one answer and the challenger one: a row counts only through its cell. */
interface Cell extends Both<number> {
  actual: number
}

export interface Tally {
  classes: number
  cells: readonly Cell[]
  /** The cell of each row. */
  cellOf: Int32Array
  /** Rows per cell. */
  counts: Float64Array
}

export const tally = ({ rows, classes, actual, holder, challenger }: Paired): Tally => {
  const cells: Cell[] = []
  const known = new Map<number, number>()
  const cellOf = new Int32Array(rows)
  const counts: number[] = []
  for (let row = 0; row < rows; row++) {
    const cell = {
      actual: actual[row] as number,
      holder: holder.predicted[row] as number,
      challenger: challenger.predicted[row] as number,
    }
    const key = (cell.actual * classes.length + cell.holder) * classes.length + cell.challenger
    const place = known.get(key) ?? cells.push(cell) - 1
    known.set(key, place)
    cellOf[row] = place
    counts[place] = (counts[place] ?? 0) + 1
  }
  return { classes: classes.length, cells, cellOf, counts: Float64Array.from(counts) }
}

/** Of one model: rows per class that it gets right, that are of the class, and that it says are. */
export interface Totals {
  right: Float64Array
  actual: Float64Array
  predicted: Float64Array
}

export const totals = ({ classes, cells }: Pick<Tally, 'classes' | 'cells'>, counts: Float64Array, who: keyof Both<unknown>): Totals => {
  const sums = { right: new Float64Array(classes), actual: new Float64Array(classes), predicted: new Float64Array(classes) }
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as Cell
    const count = counts[i] as number
    const said = cell[who]
    sums.actual[cell.actual] = (sums.actual[cell.actual] as number) + count
    sums.predicted[said] = (sums.predicted[said] as number) + count
    if (said === cell.actual) sums.right[said] = (sums.right[said] as number) + count
  }
  return sums
}
