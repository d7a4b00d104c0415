// Decides what people read: the conditions, from the book of runs and from what stands in the way, and from nothing else.
//
// Ready    True     the last run is registered, or checked the rows and was to do no more
//          Unknown  a run is under way (Pending, Running, Registering)
//          False    something stands in the way (the cause), the run failed, the spec is invalid, or it is suspended
// Stalled  True     only a person can go on; absent otherwise
import type { Condition, Observation, Reason } from '../../api/conditions.ts'
import { annotation } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import type { TrainingJobStatus } from '../../api/trainingjob.ts'
import { observed } from '../shape.ts'
import { type Book, newest, onlyChecked } from './book.ts'
import { checkedOnly, dataValid } from './datavalid.ts'
import { retrainIneffective } from './retrain.ts'
import type { Decision } from './run.ts'
import { storageHealthy } from './storagehealthy.ts'
import type { Trouble } from './trouble.ts'
import { headline, size, underWay } from './words.ts'
import type { TrainingWorld } from './world.ts'

export interface Situation extends Decision {
  obstacle: Trouble | undefined
}

type Said = Omit<Observation, 'type'>

const say = (status: Said['status'], reason: Reason, message: string): Said => ({ status, reason, message })

export const status = (world: TrainingWorld, situation: Situation): TrainingJobStatus => {
  const { generation } = world.object.metadata
  const now = ready(world, situation)
  const stalled = stall(situation)
  const conditions: Observation[] = [
    { type: 'Ready', ...now },
    { type: 'DataValid', ...dataValid(situation.book) },
    { type: 'Trained', ...trained(situation, now) },
    { type: 'Registered', ...registered(situation) },
    ...storageHealthy(situation.book),
    ...retrainIneffective(world, situation.book),
    ...(stalled ? [{ type: 'Stalled', ...stalled }] : []),
  ]
  const { book } = situation
  // The loop adds the times.
  return { observedGeneration: generation, ...book, runs: [...book.runs], conditions: observed(generation, conditions) as Condition[] }
}

const ready = (world: TrainingWorld, situation: Situation): Said => {
  const { book, wait, obstacle } = situation
  const run = newest(book)
  if (wait?.for === 'config') return say('False', 'ConfigInvalid', wait.problem)
  if (wait?.for === 'resume' || (isOpen(run) && world.object.spec.suspend)) return say('False', 'Suspended', suspended(run))
  if (obstacle) return say('False', obstacle.reason, obstacle.message)
  return !run || isOpen(run) ? underWay(world, book) : ended(run, book)
}

const ended = (run: Run, book: Book): Said => {
  if (run.outcome === 'Failed') return say('False', reasonOf(run), run.message ?? `run ${run.number} failed`)
  if (onlyChecked(run)) return say('True', 'DataChecked', checkedOnly(run, book))
  if (run.version === undefined) return say('Unknown', 'Registering', `run ${run.number} ended well; its ModelVersion is being created`)
  const word = run.judgement ? `; ${run.judgement.message}` : ''
  return say('True', 'Registered', `ModelVersion ${run.version} carries the bundle of run ${run.number}: ${headline(book)}${word}`)
}

/** It is at work, or it made place for a run that begins as soon as it is gone. */
const isOpen = (run: Run | undefined): boolean => run?.outcome === 'Running' || run?.reason === 'Superseded'

const reasonOf = (run: Run): Reason => (run.reason ?? 'TrainingFailed') as Reason

const suspended = (run: Run | undefined): string =>
  run?.outcome === 'Running'
    ? `spec.suspend is true: run ${run.number} is stopped, and starts over when spec.suspend is false`
    : 'spec.suspend is true: the next run begins when spec.suspend is false'

const trained = ({ book }: Situation, now: Said): Said => {
  const run = newest(book)
  if (!run || isOpen(run)) return say('Unknown', now.status === 'True' ? 'NotYet' : now.reason, now.message)
  if (run.outcome === 'Failed') return say('False', reasonOf(run), run.message ?? `run ${run.number} failed`)
  if (onlyChecked(run)) return say('Unknown', 'NotYet', checkedOnly(run, book))
  return say('True', 'Succeeded', `run ${run.number} left a bundle${size(run.artifact?.sizeBytes)}: ${headline(book)}`)
}

const registered = ({ book }: Situation): Said => {
  const run = newest(book)
  if (!run || isOpen(run)) return say('Unknown', 'NotYet', 'a version is registered when the run has left a bundle')
  if (run.outcome === 'Failed') return say('False', 'NotYet', `run ${run.number} left no bundle`)
  if (onlyChecked(run)) return say('Unknown', 'NotYet', checkedOnly(run, book))
  if (run.version === undefined) return say('Unknown', 'Registering', `the ModelVersion of run ${run.number} is being created`)
  return say('True', 'Registered', `ModelVersion ${run.version} carries the bundle of run ${run.number}${beside(run.runnersUp)}`)
}

const beside = (runnersUp: Run['runnersUp'] = []): string => (runnersUp.length > 0 ? `; the next best: ${runnersUp.join(', ')}` : '')

/** Nothing is tried again by itself, but for what the schedule says. */
const stall = ({ book, wait, obstacle }: Situation): Said | undefined => {
  if (wait?.for === 'config') return say('True', 'ConfigInvalid', wait.problem)
  if (obstacle?.reason === 'NameConflict') return say('True', 'NameConflict', obstacle.message)
  const run = newest(book)
  if (wait || run?.outcome !== 'Failed' || isOpen(run)) return undefined
  const next = `change the spec, or ask for another run with the annotation ${annotation.runRequested}`
  const again = book.nextRunAt === undefined ? 'by itself' : `before ${book.nextRunAt}`
  return say('True', reasonOf(run), `run ${run.number} failed and is not run again ${again}: ${next}`)
}
