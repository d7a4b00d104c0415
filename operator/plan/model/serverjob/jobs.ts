// What is known of the Jobs of a model, and how long one that ended stays.
import type { Child, ObjectRef, Refusal } from '../../../runtime/shape.ts'
import type { CreationFailure, Job, Pod } from '../../observed.ts'
import type { Settings } from '../../shape.ts'

export interface ServerJobs {
  readonly jobs: readonly Job[]
  readonly pods: readonly Pod[]
  /** Pods that the API server refused to the Jobs. */
  readonly failures: readonly CreationFailure[]
  readonly conflicts: readonly ObjectRef[]
  readonly refusals: readonly Refusal[]
  readonly settings: Settings
}

/** Those that have this label. */
export const jobsWith = (name: string, known: ServerJobs): ServerJobs => ({
  ...known,
  jobs: known.jobs.filter(({ metadata }) => metadata.labels?.[name] !== undefined),
})

const FORGET_AFTER_SECONDS = 3600

export const keep = (job: Job): Child => ({ mode: 'keep', object: job })

/** For an hour. */
export const forgotten = (job: Job): Child => {
  const { apiVersion, kind, metadata, spec } = job
  if (spec?.ttlSecondsAfterFinished === FORGET_AFTER_SECONDS) return keep(job)
  const { name, namespace, labels } = metadata
  return {
    object: { apiVersion, kind, metadata: { name, namespace, labels }, spec: { ...spec, ttlSecondsAfterFinished: FORGET_AFTER_SECONDS } },
  }
}
