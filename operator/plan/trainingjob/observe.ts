// Decides what is written down about the run at work: its Job, how far it is, what troubles it.
import type { Run } from '../../api/run.ts'
import { podsOf } from '../pods/ofjob.ts'
import { type Book, changed, jobOf, newest } from './book.ts'
import type { Trouble } from './trouble.ts'
import type { TrainingWorld } from './world.ts'

export const observe = (world: TrainingWorld, book: Book, trouble: Trouble | undefined): Book => {
  const run = newest(book)
  if (run?.outcome !== 'Running') return book
  const { reason: _, message: __, ...rest } = run
  const jobUid = jobUidOf(world, run)
  // Kept for the day the deadline ends it: its pods are gone by then, and with them the cause.
  const noted: Run = {
    ...rest,
    ...(jobUid && { jobUid }),
    ...noteOf(run, trouble),
  }
  const sameJob = run.jobUid === undefined || jobUid === run.jobUid
  const isStopped = world.object.spec.suspend || !sameJob
  return { ...changed(book, noted), progress: isStopped ? undefined : further(book.progress, world.seen.progress) }
}

/** The end itself is no cause: what was noted before it stays. */
const noteOf = ({ reason, message }: Run, trouble: Trouble | undefined): Partial<Run> => {
  if (trouble?.reason === 'DeadlineExceeded') return { ...(reason && { reason }), ...(message && { message }) }
  return trouble ? { reason: trouble.reason, message: trouble.message.slice(0, 1000) } : {}
}

/** Written down with the first pod and not before: a Job that was just made is no news. */
const jobUidOf = (world: TrainingWorld, run: Run): string | undefined => {
  const job = jobOf(world, run)
  if (job) return podsOf(world.seen.pods, job).length > 0 ? job.metadata.uid : run.jobUid
  // Deleted by somebody: while suspended nothing follows, otherwise another Job does.
  return world.object.spec.suspend ? run.jobUid : undefined
}

/** Within a run it only goes up: a pod that starts over catches up first. */
const further = (before: Book['progress'], told: TrainingWorld['seen']['progress']): Book['progress'] => {
  if (!told || (before && before.percent > told.percent)) return before
  const { percent, stage, etaSeconds } = told
  return { percent, stage, ...(etaSeconds !== undefined && { etaSeconds }) }
}
