// Decides what is known of the rows, from the report of the last run that read them.
import type { DataReport } from '../../api/bundle.ts'
import type { Observation, Reason } from '../../api/conditions.ts'
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

const valid = (report: DataReport): Omit<Observation, 'type'> => {
  const read = `${number(report.rows)} rows from ${report.described}: ${number(report.trainRows)} to train on, ${number(report.testRows)} to test on`
  if (report.source === 'primary') return { status: 'True', reason: 'DataChecked', message: read }
  return { status: 'True', reason: 'FallbackUsed', message: `${read}; ${report.message ?? 'the source could not be used'}` }
}
