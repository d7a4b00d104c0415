// Decides which children exist: the claims, what the run at work needs, what ended runs left for an hour, and the version of a success.
import type { Run } from '../../api/run.ts'
import type { Child, ObjectRef } from '../../runtime/shape.ts'
import type { Job } from '../observed.ts'
import { isFinished, podsOf } from '../pods/ofjob.ts'
import { jobOf, newest } from './book.ts'
import { claims } from './claims.ts'
import { configMap } from './configmap.ts'
import { existingJob, newJob } from './job.ts'
import { newVersion } from './modelversion.ts'
import { runOf } from './names.ts'
import { isSame } from './obstacle.ts'
import { type Decision, isCrowded } from './run.ts'
import type { TrainingWorld } from './world.ts'

export const children = (world: TrainingWorld, decision: Decision): Child[] => {
  const { book, wait } = decision
  const run = newest(book)
  const atWork = run?.outcome === 'Running' ? run : undefined
  // A person may fill the data claim before the first run, so it is made while the run waits for anything but a better spec.
  const needed = atWork || (wait && wait.for !== 'config') ? claims(world.object) : []
  return [...needed, ...(atWork ? childrenOf(world, atWork, decision) : []), ...leftovers(world, decision), ...newVersion(world, book)]
}

/** A run whose spec was made invalid goes on with what it has, and gets nothing new. */
const childrenOf = (world: TrainingWorld, run: Run, { wait }: Decision): Child[] => {
  const mayBegin = wait?.for !== 'config'
  const config = mayBegin ? [{ object: configMap(world.object, run, world.settings) }] : kept(world, run)
  const job = jobOf(world, run)
  if (job) return [...config, ...(isUndermined(world, config, job) ? [] : [existingJob(world, run, job)])]
  const begins = mayBegin && !world.object.spec.suspend && !isCrowded(world, run) && !isBlocked(world, config)
  return [...config, ...(begins ? [newJob(world, run)] : [])]
}

/** Without its claims and its configuration a pod would hang, or worse, read those of somebody else. */
const isBlocked = (world: TrainingWorld, config: Child[]): boolean =>
  [...world.conflicts, ...world.refusals.map(({ ref }) => ref)].some(ref => isNeeded(world, config, ref))

/** It came to light after the Job was made: the Job goes again, unless a pod has begun, with what was there in time. */
const isUndermined = (world: TrainingWorld, config: Child[], job: Job): boolean =>
  isBlocked(world, config) && !isFinished(job) && podsOf(world.seen.pods, job).every(pod => pod.status?.phase === 'Pending')

const isNeeded = ({ object }: TrainingWorld, config: Child[], ref: ObjectRef): boolean =>
  [...claims(object), ...config].some(child => isSame(ref, child.object))

const kept = ({ seen }: TrainingWorld, run: Run): Child[] =>
  seen.configMaps.filter(each => runOf(each) === run.number).map(object => ({ mode: 'keep', object }))

/** A run that ended keeps its Job, its pods and its configuration until the Job's time is over; a superseded one keeps nothing. */
const leftovers = (world: TrainingWorld, { book }: Decision): Child[] =>
  book.runs
    .filter(run => run.outcome !== 'Running' && run.reason !== 'Superseded')
    .flatMap(run => {
      const job = jobOf(world, run)
      return job ? [...kept(world, run), existingJob(world, run, job)] : []
    })
