// Decides whether a run follows because a gate failed the version of the last one, and when; and whether retrains help at all.
//
// A retrain is a run that computes the same as the one before it. Whatever it began for, it counts when its version was judged;
// one whose version passed clears the count, and so does another computation.
import type { Observation } from '../../api/conditions.ts'
import { seconds } from '../../api/fields.ts'
import { type Book, newest, stamp } from './book.ts'
import { specDigest } from './specdigest.ts'
import type { TrainingWorld } from './world.ts'

/** So many in a row that did not help are chance no more. */
const PATIENCE = 3
const LONGEST_PAUSE_SECONDS = 30 * 86_400

/** Retrains in a row whose version did not pass, up to now. */
export const unhelpful = ({ runs }: Book): number => {
  let found = 0
  for (const [index, { specDigest: computed, judgement }] of runs.entries()) {
    if (runs[index + 1]?.specDigest !== computed || judgement?.verdict === 'Passed') break
    if (judgement) found++
  }
  return found
}

/** Between the cause of a run that nobody asked for and its beginning; a schedule and a request never wait for it. */
export const pauseSeconds = (book: Book, first: string): number => {
  const doubled = Math.max(0, unhelpful(book) - PATIENCE + 1)
  return Math.min(LONGEST_PAUSE_SECONDS, seconds(first) * 2 ** doubled)
}

export interface Retrain {
  /** The first in a row is 1. */
  attempt: number
  at: Date
}

export const retrainOf = ({ object }: TrainingWorld, book: Book): Retrain | undefined => {
  const policy = object.spec.retrain?.onGateFailure
  const last = newest(book)
  if (!policy || last?.judgement?.verdict !== 'Refused' || last.specDigest !== specDigest(object.spec)) return undefined
  const attempt = (last.attempt ?? 0) + 1
  if (attempt > policy.attempts) return undefined
  return { attempt, at: new Date(Date.parse(last.judgement.at) + pauseSeconds(book, policy.after) * 1000) }
}

/** Of a book whose runs are settled: when the next one comes is told, and nothing is read from it. */
export const foretold = (world: TrainingWorld, book: Book): Book => {
  const next = retrainOf(world, book)
  return { ...book, retrainAt: next && stamp(next.at) }
}

export const secondsToRetrain = (world: TrainingWorld, book: Book): number | undefined => {
  const at = retrainOf(world, book)?.at.getTime() ?? 0
  return at > world.now.getTime() ? (at - world.now.getTime()) / 1000 : undefined
}

export const retrainIneffective = (world: TrainingWorld, book: Book): Observation[] => {
  const many = unhelpful(book)
  if (many < PATIENCE) return []
  const message = `the versions of the last ${many} retrains did not pass the gates of the first stage; ${nextOf(world, book)}`
  return [{ type: 'RetrainIneffective', status: 'True', reason: 'NotBetter', message }]
}

const nextOf = (world: TrainingWorld, book: Book): string => {
  const next = retrainOf(world, book)
  const last = newest(book)
  if (last?.outcome === 'Running') return `run ${last.number} is on its way`
  const scheduled = book.nextRunAt === undefined ? [] : [`the schedule is due at ${book.nextRunAt}`]
  const again = next ? [`a wider search follows at ${stamp(next.at)}, number ${next.attempt} in a row`] : []
  const known = [...again, ...scheduled].join(', and ')
  return known || 'none follows by itself: give it other rows or candidates, or look at the gates of the Model'
}
