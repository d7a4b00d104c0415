// Decides when the schedule of a TrainingJob is due, from its last run and from what the status announced.
import { nextDue } from '../calendar/schedule.ts'
import { type Book, newest, stamp } from './book.ts'
import type { TrainingWorld } from './world.ts'

interface Announced {
  book: Book
  /** Why the schedule cannot be read. */
  problem?: string
}

/** Written down before it comes: what is missed later was announced, and a line that is new has missed nothing. */
export const announced = ({ object, now }: TrainingWorld, book: Book): Announced => {
  const { schedule } = object.spec
  const none = { ...book, nextRunAt: undefined }
  if (!schedule) return { book: none }
  const since = new Date(newest(book)?.startedAt ?? object.metadata.creationTimestamp)
  const before = book.nextRunAt === undefined ? undefined : new Date(book.nextRunAt)
  const due = nextDue('spec.schedule', schedule, { since, announced: before, now })
  return 'problem' in due ? { book: none, problem: due.problem } : { book: { ...book, nextRunAt: stamp(due.at) } }
}

export const isTime = ({ now }: TrainingWorld, { nextRunAt }: Book): boolean => nextRunAt !== undefined && new Date(nextRunAt) <= now

/** Once the time has come, whatever holds the run back wakes us when it is gone. */
export const secondsToNextRun = (world: TrainingWorld, book: Book): number | undefined =>
  book.nextRunAt === undefined || isTime(world, book) ? undefined : (Date.parse(book.nextRunAt) - world.now.getTime()) / 1000
