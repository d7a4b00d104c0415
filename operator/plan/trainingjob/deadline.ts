// Decides what is said of a run that took too long, from the moment Kubernetes stops it.
import type { Run } from '../../api/run.ts'
import type { Job } from '../observed.ts'
import type { Trouble } from './trouble.ts'
import type { TrainingWorld } from './world.ts'

/** The Job fails for good only when its pods are gone, which may take as long as they are given to end. */
export const isBeingStopped = (job: Job): boolean =>
  job.status?.conditions?.some(
    ({ type, status, reason }) => type === 'FailureTarget' && status === 'True' && reason === 'DeadlineExceeded',
  ) ?? false

/** What troubled the run before is more to the point than the time that it took. */
export const late = ({ object }: TrainingWorld, run: Run): Trouble => {
  const before = run.message ? `; before: ${run.message}` : ''
  const message = `run ${run.number} took longer than compute.deadline (${object.spec.compute.deadline})${before}: remove the cause or raise compute.deadline`
  return { reason: 'DeadlineExceeded', message }
}
