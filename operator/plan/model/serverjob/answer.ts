// Decides what a Job answered, from its end and the last words of its pod, and why it does not get ahead. The words are written by whatever ran there.
import { SUMMARY_MAX_BYTES } from '../../../api/contract.ts'
import type { Infer, Schema } from '../../../api/schema.ts'
import { validateJson } from '../../../api/validate.ts'
import type { CreationFailure, Job, Pod } from '../../observed.ts'
import { brief } from '../../pods/brief.ts'
import { rootCause } from '../../pods/cause.ts'
import { creationCause } from '../../pods/creation.ts'
import type { CauseOptions } from '../../pods/finding.ts'
import { endOf, endOfContainer, LOST_AFTER_SECONDS, podsOf, secondsSince } from '../../pods/ofjob.ts'
import { obstacle } from '../../shape.ts'
import type { ServerJobs } from './jobs.ts'

/** Of one Job. */
export interface Causes {
  /** The newest first. */
  pods: readonly Pod[]
  failures: readonly CreationFailure[]
}

export const causesOf = (job: Job, { pods, failures }: Pick<ServerJobs, 'pods' | 'failures'>): Causes => ({
  pods: podsOf(pods, job),
  failures: failures.filter(({ involvedObject }) => involvedObject?.uid === job.metadata.uid),
})

const causeOf = ({ pods, failures }: Causes, words: CauseOptions): string | undefined =>
  (rootCause(pods, words) ?? creationCause(failures, pods[0]?.metadata.creationTimestamp))?.message

export interface Asked<S extends Schema<unknown>> {
  container: string
  /** Of what it answers. */
  schema: S
  words: CauseOptions
}

export type Answer<Value> = { value: Value } | { problem: string }

/** Undefined while the Job has not ended. */
export const answerOf = <S extends Schema<unknown>>(
  job: Job,
  { container, schema, words }: Asked<S>,
  { now, ...causes }: Causes & { now: Date },
): Answer<Infer<S>> | undefined => {
  const end = endOf(job)
  if (!end) return undefined
  if (end.type === 'Failed') return { problem: causeOf(causes, words) ?? (brief(end.message) || 'the Job failed') }
  const pod = causes.pods.find(each => endOfContainer(each, container)?.exitCode === 0)
  if (!pod) return secondsSince(end, job, now) < LOST_AFTER_SECONDS ? undefined : { problem: 'its pod is gone with its answer' }
  const checked = validateJson(schema, endOfContainer(pod, container)?.message ?? '', SUMMARY_MAX_BYTES)
  return 'complaints' in checked ? { problem: `its answer cannot be used: ${checked.complaints[0]}` } : checked
}

/** Why the Job of this name does not get ahead, if it does not. */
export const troubleOf = (name: string, { jobs, conflicts, refusals, ...seen }: ServerJobs, words: CauseOptions): string | undefined => {
  const job = jobs.find(({ metadata }) => metadata.name === name)
  if (job) return causeOf(causesOf(job, seen), words)
  return obstacle({ conflicts: conflicts.filter(ref => ref.name === name), refusals: refusals.filter(({ ref }) => ref.name === name) })
    ?.message
}
