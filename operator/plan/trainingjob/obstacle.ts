// Decides what stands in the way now: a child that cannot be written, a pod that cannot be created, or one that cannot run.
import { exitCode } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import type { Child, ObjectRef } from '../../runtime/shape.ts'
import type { Job, Pod } from '../observed.ts'
import { creationCause } from '../pods/creation.ts'
import { endOfContainer, isActive, isFinished, podsOf } from '../pods/ofjob.ts'
import { obstacle } from '../shape.ts'
import { jobOf } from './book.ts'
import { isBeingStopped, late } from './deadline.ts'
import { CONTAINER } from './names.ts'
import { type Trouble, troubleOf } from './trouble.ts'
import type { TrainingWorld } from './world.ts'

/** The run is the newest one, if it should be at work. */
export const obstacleOf = (world: TrainingWorld, children: readonly Child[], run: Run | undefined): Trouble | undefined => {
  const job = run && jobOf(world, run)
  if (run && job && isBeingStopped(job)) return late(world, run)
  return unwritten(world, children) ?? (job && !isFinished(job) && !world.object.spec.suspend ? ofPods(world, job) : undefined)
}

/** What the loop remembers of children that are not planned any more does not matter; a taken number of a version leads to the next. */
const unwritten = ({ conflicts, refusals }: TrainingWorld, children: readonly Child[]): Trouble | undefined => {
  const isPlanned = (ref: ObjectRef): boolean => children.some(({ object }) => isSame(ref, object))
  return obstacle({
    conflicts: conflicts.filter(isPlanned),
    refusals: refusals.filter(({ ref }) => isPlanned(ref)),
  })
}

export const isSame = (ref: ObjectRef, { kind, metadata }: Child['object']): boolean => ref.kind === kind && ref.name === metadata.name

const ofPods = (world: TrainingWorld, job: Job): Trouble | undefined => {
  const [pod] = podsOf(world.seen.pods, job)
  if (pod && isActive(pod)) return troubleOf(pod, job)
  const refused = creationCause(world.seen.failures, pod?.metadata.creationTimestamp)
  const trouble = pod && troubleOf(pod, job)
  if (refused || !trouble || isFinal(pod)) return refused ?? trouble
  return { ...trouble, message: `${trouble.message}; ${nextAttempt(world, job)}` }
}

/** The Job is about to fail: nothing that would end the same way is tried again. */
const isFinal = (pod: Pod): boolean =>
  ([exitCode.badInput, exitCode.checksRefused] as number[]).includes(endOfContainer(pod, CONTAINER)?.exitCode ?? 0)

/** The Job counts its failed pods a moment later than we see them; a disrupted one does not count. */
const nextAttempt = ({ object, seen }: TrainingWorld, job: Job): string => {
  const attempts = object.spec.compute.retries + 1
  const failed = podsOf(seen.pods, job).filter(pod => pod.status?.phase === 'Failed' && !isDisrupted(pod))
  const next = Math.max(job.status?.failed ?? 0, failed.length) + 1
  return next > attempts ? 'no attempt is left' : `attempt ${next} of ${attempts} follows`
}

const isDisrupted = ({ status }: Pod): boolean =>
  status?.conditions?.some(each => each.type === 'DisruptionTarget' && each.status === 'True') ?? false
