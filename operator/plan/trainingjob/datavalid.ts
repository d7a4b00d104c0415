// Decides what is known of the rows, from the report of the last run that read them.
import type { DataReport } from '../../api/bundle.ts'
import type { Observation, Reason } from '../../api/conditions.ts'
import type { Run } from '../../api/run.ts'
import { type Book, newest } from './book.ts'
import { number } from './words.ts'

const aboutRows: Reason[] = ['DataMissing', 'DataInvalid', 'ChecksRefused']

export const dataValid = (book: Book): Omit<Observation, 'type'> => {
  const run = newest(book)
  const unknown = (message: string) => ({ status: 'Unknown', reason: 'NotYet', message }) as const
  if (!run || run.outcome === 'Running' || run.reason === 'Superseded') return unknown('the rows are checked when a run reads them')
  const reason = run.reason as Reason | undefined
  if (run.outcome === 'Failed' && reason && aboutRows.includes(reason)) return { status: 'False', reason, message: run.message ?? '' }
  if (book.dataReport) return valid(book.dataReport)
  return unknown(`run ${run.number} ended and did not say what it read`)
}

/** `150 rows from built-in data set iris: 120 to train on, 30 to test on`. */
export const rowsRead = (report: DataReport): string =>
  `${number(report.rows)} rows from ${report.described}: ${number(report.trainRows)} to train on, ${number(report.testRows)} to test on`

/** What there is to say of a run that was to do no more. */
export const checkedOnly = ({ number: run }: Run, { dataReport }: Pick<Book, 'dataReport'>): string =>
  `run ${run} checked the rows and trained nothing${dataReport ? `: ${rowsRead(dataReport)}` : ''}`

const valid = (report: DataReport): Omit<Observation, 'type'> => {
  const read = rowsRead(report)
  if (report.source === 'primary') return { status: 'True', reason: 'DataChecked', message: read }
  return { status: 'True', reason: 'FallbackUsed', message: `${read}; ${report.message ?? 'the source could not be used'}` }
}
