// Decides which run should exist now.
//
//   A  none yet, the computation changed, a run was requested, the schedule is due,
//      or a gate failed the version of the last one long enough ago (retrain.ts)
//                                                                  → a new run under the next number
//   B  the newest run computes what the spec no longer asks for    → it is given up (Superseded), and A follows
//   C  a run is requested, or the schedule is due, while one works → it goes on; A follows, once
//   D  the newest run ended                                        → nothing, ever again: terminal is terminal
//   E  a new run is due, but suspended, invalid, or the success before is not registered → wait
//
// A run has a number from the moment it is due; its Job comes when nothing of an earlier one is at work, and comes again
// under the same number when somebody deletes it (children.ts).
import { annotation } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import { isActive, isFinished, isOf, isOfJob } from '../pods/ofjob.ts'
import { type Book, changed, newest, nextNumber, stamp } from './book.ts'
import { isUnregistered } from './modelversion.ts'
import { runOf } from './names.ts'
import { announced, isTime } from './nextrun.ts'
import { wrongParameter } from './parameters.ts'
import { retrainOf } from './retrain.ts'
import { specDigest } from './specdigest.ts'
import type { TrainingWorld } from './world.ts'

export interface Decision {
  book: Book
  /** Why the run that is due does not begin. */
  wait?: { for: 'config'; problem: string } | { for: 'resume' | 'registration' }
}

const LONGEST_NAME = 253

type Trigger = NonNullable<Run['trigger']>

export const decide = (world: TrainingWorld, known: Book): Decision => {
  const { spec } = world.object
  const digest = specDigest(spec)
  const { book: before, problem: unreadable } = announced(world, known)
  const problem = wrongParameter(spec.candidates) ?? unreadable
  // The run at work is not given up for a spec that cannot be run.
  if (problem) return { book: before, wait: { for: 'config', problem } }
  const book = givenUp(before, digest, world.now)
  const last = newest(book)
  const trigger = last?.outcome === 'Running' ? undefined : triggerOf(world, book, digest)
  if (!trigger) return { book }
  if (last && isUnregistered(last)) return { book, wait: { for: 'registration' } }
  if (spec.suspend) return { book, wait: { for: 'resume' } }
  return { book: announced(world, begun(world, book, { specDigest: digest, trigger })).book }
}

const givenUp = (book: Book, digest: string, now: Date): Book => {
  const last = newest(book)
  return last?.outcome === 'Running' && last.specDigest !== digest ? changed(book, superseded(last, now)) : book
}

/** Why a run is due; undefined when none is. */
const triggerOf = (world: TrainingWorld, book: Book, digest: string): Trigger | undefined => {
  const last = newest(book)
  if (!last || last.specDigest !== digest || last.reason === 'Superseded') return 'Spec'
  const request = requestOf(world.object)
  if (request !== undefined && request !== last.request) return 'Request'
  if (isTime(world, book)) return 'Schedule'
  const retrain = retrainOf(world, book)
  return retrain && retrain.at <= world.now ? 'GateFailure' : undefined
}

/** As much of it as the status can hold: what is compared must be what is remembered. */
const requestOf = ({ metadata }: TrainingWorld['object']): string | undefined =>
  metadata.annotations?.[annotation.runRequested]?.slice(0, 253) || undefined

const superseded = (run: Run, now: Date): Run => ({
  ...run,
  outcome: 'Failed',
  finishedAt: stamp(now),
  reason: 'Superseded',
  message: `the spec asks for another computation since run ${run.number} began, so run ${run.number} was stopped`,
})

const begun = (world: TrainingWorld, book: Book, why: Required<Pick<Run, 'specDigest' | 'trigger'>>): Book => {
  const { object, now } = world
  const attempt = why.trigger === 'GateFailure' ? retrainOf(world, book)?.attempt : undefined
  // Without the annotation the last request stays answered: the same value, set again, is not a new one.
  const request = requestOf(object) ?? newest(book)?.request
  const run: Run = {
    number: nextNumber(world, book),
    ...why,
    ...(attempt !== undefined && { attempt }),
    startedAt: stamp(now),
    outcome: 'Running',
    ...(request !== undefined && { request }),
    ...authorOf(object),
  }
  return { ...changed(book, run), progress: undefined }
}

/** As stamped; a name that the status cannot hold is nobody's. */
const authorOf = ({ metadata }: TrainingWorld['object']): Pick<Run, 'submittedBy'> => {
  const name = metadata.annotations?.[annotation.submittedBy]
  return name && name.length <= LONGEST_NAME ? { submittedBy: name } : {}
}

/** Jobs of other runs that have not ended, and pods of other Jobs that may still write. */
export const isCrowded = ({ seen }: TrainingWorld, run: Run): boolean => {
  const own = seen.jobs.find(job => runOf(job) === run.number)
  const others = seen.jobs.filter(job => job !== own && !isFinished(job))
  return others.length > 0 || seen.pods.some(pod => isActive(pod) && !isOf(pod, own) && isOfJob(pod))
}
