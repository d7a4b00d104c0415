// Decides what a cron line means in a time zone: when it begins next, and when it began last. The one place that knows the library.
//
// Where clocks change, a line without `*` and `/` in minute and hour keeps its word once a day: a time that is left out comes at the
// first minute after the gap, and a time that comes twice counts the first time. Any other line follows the clock: what is left out
// does not come, and what comes twice begins twice.
import { Cron } from 'croner'

export interface CronLine {
  cron: string
  timeZone: string
}

/** Lasting lines only: one that begins once begins again. */
export interface Starts {
  after(moment: Date): Date
  /** The last one at this moment or before it. */
  upTo(moment: Date): Date
}

export type Reading = { starts: Starts } | { problem: string }

const ALLOWED =
  'use five fields, minute 0-59, hour 0-23, day of month 1-31, month 1-12 or JAN-DEC, day of week 0-7 or SUN-SAT, such as "0 18 * * FRI"; each is *, a number, a range such as 1-5, a list such as 1,15, or has a step such as */10'

/** Any day that exists at all comes after it. */
const LONG_AGO = new Date('2000-01-01T00:00:00Z')

/** The problem names the field, the value and what is allowed. */
export const readCron = (field: string, { cron, timeZone }: CronLine): Reading => {
  if (!isTimeZone(timeZone)) {
    const allowed = 'use a name of the IANA time zone database, such as Europe/Berlin or UTC'
    return { problem: `${field}.timeZone is ${JSON.stringify(timeZone)}, which is not known: ${allowed}` }
  }
  const line = lineOf(cron, timeZone)
  if (!line) return { problem: `${field}.cron is ${JSON.stringify(cron)}, which cannot be read: ${ALLOWED}` }
  if (!line.nextRun(LONG_AGO)) {
    return { problem: `${field}.cron is ${JSON.stringify(cron)}, which never comes: use a day of the month that one of its months has` }
  }
  return { starts: startsOf(line) }
}

const isTimeZone = (timeZone: string): boolean => {
  try {
    return Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const lineOf = (cron: string, timezone: string): Cron | undefined => {
  try {
    return new Cron(cron, { mode: '5-part', timezone, fixedTimeRule: 'no-wildcard' })
  } catch {
    return undefined
  }
}

const startsOf = (line: Cron): Starts => ({
  after: moment => line.nextRun(moment) as Date,
  upTo: moment => line.previousRuns(1, new Date(moment.getTime() + 1))[0] as Date,
})
