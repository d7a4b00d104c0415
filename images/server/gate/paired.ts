// Puts what two models answered on the same rows side by side, under one list of classes, or says why that cannot be done.

/** What one model answered: a label and a probability per label for each row. */
export interface Answers {
  /** Names of its classes; a position in this list is what `predicted` holds. */
  labels: readonly string[]
  predicted: ArrayLike<number>
  /** Row after row, one number per label. */
  probabilities: ArrayLike<number>
}

export interface Both<T> {
  holder: T
  challenger: T
}

interface Side {
  predicted: Int32Array
  probabilities: Float64Array
}

export interface Paired extends Both<Side> {
  rows: number
  classes: readonly string[]
  actual: Int32Array
}

export interface Fault {
  fault: string
}

/** How far the probabilities of a row may be from adding up to 1: float32 sums of a thousand classes stay far below it. */
const SLACK = 0.01

const sizesAreRight = (who: string, rows: number, { labels, predicted, probabilities }: Answers) => {
  if (labels.length < 2) return `${who} has ${labels.length} labels; a classifier has two or more`
  if (new Set(labels).size !== labels.length) return `${who} has two labels of one name`
  if (predicted.length !== rows)
    return `${who} has answers for ${predicted.length} rows, but there are ${rows}: score it again on the same rows`
  if (probabilities.length !== rows * labels.length)
    return `${who} has ${probabilities.length} probabilities; ${rows} rows of ${labels.length} labels need ${rows * labels.length}`
  return undefined
}

const rowIsRight = (row: number, { labels, predicted, probabilities }: Answers) => {
  const label = predicted[row] as number
  if (!Number.isInteger(label) || label < 0 || label >= labels.length) return `label ${label}, which is not one of its ${labels.length}`
  let sum = 0
  for (let i = row * labels.length; i < (row + 1) * labels.length; i++) {
    const share = probabilities[i] as number
    if (!(share >= -SLACK && share <= 1 + SLACK)) return `probability ${share}, which is not between 0 and 1`
    sum += share
  }
  return Math.abs(sum - 1) <= SLACK ? undefined : `probabilities that add up to ${sum}`
}

const complaintAbout = (who: string, rows: number, answers: Answers) => {
  const wrong = sizesAreRight(who, rows, answers)
  if (wrong !== undefined) return wrong
  for (let row = 0; row < rows; row++) {
    const complaint = rowIsRight(row, answers)
    if (complaint !== undefined) return `${who} answers row ${row} with ${complaint}`
  }
  return undefined
}

const under = (classes: ReadonlyMap<string, number>, rows: number, { labels, predicted, probabilities }: Answers): Side => {
  const place = labels.map(label => classes.get(label) as number)
  const side = { predicted: new Int32Array(rows), probabilities: new Float64Array(rows * classes.size) }
  for (let row = 0; row < rows; row++) {
    side.predicted[row] = place[predicted[row] as number] as number
    for (const [i, to] of place.entries()) side.probabilities[row * classes.size + to] = probabilities[row * labels.length + i] as number
  }
  return side
}

/**
 * `actual` holds the class of each row, by name. A class that only one of the models knows is one that the other always gets
 * wrong; a class that neither knows is a fault, because then the rows are not of this model.
 */
export const pair = (actual: readonly string[], { holder, challenger }: Both<Answers>): Paired | Fault => {
  const rows = actual.length
  const fault = complaintAbout('the challenger', rows, challenger) ?? complaintAbout('the holder', rows, holder)
  if (fault !== undefined) return { fault }
  const classes = new Map([...new Set([...challenger.labels, ...holder.labels])].map((label, index) => [label, index]))
  const unknown = actual.findIndex(label => !classes.has(label))
  if (unknown >= 0) return { fault: `row ${unknown} is of class "${actual[unknown]}", which neither model knows` }
  return {
    rows,
    classes: [...classes.keys()],
    actual: Int32Array.from(actual, label => classes.get(label) as number),
    holder: under(classes, rows, holder),
    challenger: under(classes, rows, challenger),
  }
}

/** The same comparison on some of the rows. */
export const only = (paired: Paired, rows: readonly number[]): Paired => {
  const count = paired.classes.length
  const side = ({ predicted, probabilities }: Side): Side => ({
    predicted: Int32Array.from(rows, row => predicted[row] as number),
    probabilities: Float64Array.from({ length: rows.length * count }, (_, i) => {
      const row = rows[Math.floor(i / count)] as number
      return probabilities[row * count + (i % count)] as number
    }),
  })
  return {
    rows: rows.length,
    classes: paired.classes,
    actual: Int32Array.from(rows, row => paired.actual[row] as number),
    holder: side(paired.holder),
    challenger: side(paired.challenger),
  }
}
