// Says a comparison in one line, for people: both values, the rows, the difference with its interval, and what would decide it.
import { type Comparison, isMeasured, type Measured } from './compare.ts'
import { countedRows } from './folds.ts'

const MINUS = '−'

const plain = (value: number, digits: number) => value.toFixed(digits).replace('-', MINUS)

const signed = (value: number, digits: number) => {
  const text = plain(value, digits)
  return value > 0 ? `+${text}` : text
}

/** Two digits of the interval's width, and as many more as it takes for no bound to look like zero or the margin without being it. */
const digitsFor = ({ low, high, margin }: Measured) => {
  const wide = high - low
  let digits = Math.min(6, Math.max(3, wide > 0 ? Math.ceil(-Math.log10(wide)) + 1 : 3))
  const looksLike = (value: number, bound: number) => value !== bound && Number(value.toFixed(digits)) === Number(bound.toFixed(digits))
  while (digits < 8 && (looksLike(low, 0) || looksLike(high, 0) || looksLike(low, -margin))) digits++
  return digits
}

const rounded = (rows: number) => {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(rows)) - 1)
  return (Math.ceil(rows / step) * step).toLocaleString('en-US')
}

const whole = (rows: number) => rows.toLocaleString('en-US')

const saidRows = ({ rows, folds, chosenFrom = 1 }: Measured) => {
  if (folds === undefined) return `${whole(rows)} rows`
  const why = chosenFrom > 1 ? `, having chosen the best of ${chosenFrom}` : ''
  return `${whole(rows)} training rows in ${folds} folds, which count as ${whole(countedRows(rows, { folds, chosenFrom }))}${why}`
}

const wayOut = ({ verdict, rows, rowsNeeded, margin, folds }: Measured) => {
  if (verdict !== 'Inconclusive') return ''
  if (rowsNeeded === undefined) return `; with margin ${margin} only a better model passes`
  if (rowsNeeded <= rows) return '; an equal model passes on so many rows four times in five'
  return `; about ${rounded(rowsNeeded)} ${folds === undefined ? '' : 'training '}rows would decide`
}

const judged = ({ verdict, margin, high }: Measured) => {
  if (verdict === 'NonInferior' && high < 0) return `NonInferior, a loss smaller than margin ${margin}`
  return `margin ${margin}: ${verdict}`
}

const saidMeasured = (comparison: Measured, against: string) => {
  const { metric, challenger, holder, low, high, gain } = comparison
  const digits = digitsFor(comparison)
  // What is shown is challenger minus holder; of log_loss the gain is the opposite of that.
  const [difference, from, to] = metric === 'log_loss' ? [-gain, -high, -low] : [gain, low, high]
  const values = `${metric} ${plain(challenger, digits)} vs ${plain(holder, digits)} of ${against} on ${saidRows(comparison)}`
  const interval = `Δ ${signed(difference, digits)} (95% CI ${signed(from, digits)} to ${signed(to, digits)}${metric === 'log_loss' ? '; less is better' : ''})`
  return `${values}: ${interval}, ${judged(comparison)}${wayOut(comparison)}`
}

/** `against` names the holder, such as v5. */
export const sentence = (comparison: Comparison, against: string): string =>
  isMeasured(comparison)
    ? saidMeasured(comparison, against)
    : `${comparison.metric} vs ${against}: ${comparison.verdict}, ${comparison.why}`
