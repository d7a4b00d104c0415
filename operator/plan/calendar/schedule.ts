// Decides when a schedule is due next. A time that was missed stays the next one until something begins, so it is caught up once.
import { readCron } from '../../api/cron.ts'
import { seconds } from '../../api/fields.ts'

export interface Schedule {
  every?: string
  cron?: string
  timeZone?: string
}

/** Due next, or now when that time has come. */
export type Due = { at: Date } | { problem: string }

export interface Past {
  /** The last start of anything, or the beginning of all. */
  since: Date
  /** What was said to be due next. */
  announced: Date | undefined
  now: Date
}

const LEAST_SECONDS = 60
const MOST_DAYS = 3650

/** One look at the calendar, however much was missed. */
export const nextDue = (field: string, { every, cron, timeZone = 'UTC' }: Schedule, past: Past): Due => {
  if (every !== undefined) return afterAll(field, every, past)
  const reading = readCron(field, { cron: cron ?? '', timeZone })
  if ('problem' in reading) return reading
  const { since, announced, now } = past
  const { starts } = reading
  // A line that was just written has missed nothing: only what was announced, and still stands in it, can be late.
  const isMissed = announced !== undefined && announced > since && announced <= now
  if (isMissed && starts.upTo(announced).getTime() === announced.getTime()) return { at: announced }
  return { at: starts.after(new Date(Math.max(since.getTime(), now.getTime()))) }
}

const afterAll = (field: string, every: string, { since }: Past): Due => {
  const length = seconds(every)
  if (length >= LEAST_SECONDS && length <= MOST_DAYS * 86_400) return { at: new Date(since.getTime() + length * 1000) }
  return { problem: `${field}.every is ${JSON.stringify(every)}: use 1m to ${MOST_DAYS}d` }
}
