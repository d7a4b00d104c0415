// Decides what became of the bundles of a batch, from the end of its Job and the last words of its pod. They are written by whatever ran there.
import { CleanupReport } from '../../../api/cleanupjob.ts'
import { SUMMARY_MAX_BYTES } from '../../../api/contract.ts'
import { validateJson } from '../../../api/validate.ts'
import type { CreationFailure, Job, Pod } from '../../observed.ts'
import { brief } from '../../pods/brief.ts'
import { rootCause } from '../../pods/cause.ts'
import { creationCause } from '../../pods/creation.ts'
import { endOf, endOfContainer, secondsSince } from '../../pods/ofjob.ts'
import { CONTAINER } from './cleanupjob.ts'

/** A Job and its pods reach us through different watches: so long the pods may lag behind. */
export const LOST_AFTER_SECONDS = 30

const words = { image: "the operator's server image", resources: 'the limits of the Job' }

/** Of one Job. */
export interface Causes {
  /** The newest first. */
  pods: readonly Pod[]
  failures: readonly CreationFailure[]
}

export const causeOf = ({ pods, failures }: Causes): string | undefined =>
  (rootCause(pods, words) ?? creationCause(failures, pods[0]?.metadata.creationTimestamp))?.message

/** What it says of each version, or why it says nothing. */
export type Outcome = { told: CleanupReport['bundles'] } | { problem: string }

/** Undefined while the Job has not ended. */
export const outcomeOf = (job: Job, { now, ...causes }: Causes & { now: Date }): Outcome | undefined => {
  const end = endOf(job)
  if (!end) return undefined
  if (end.type === 'Failed') return { problem: causeOf(causes) ?? (brief(end.message) || 'the Job failed') }
  const pod = causes.pods.find(each => endOfContainer(each, CONTAINER)?.exitCode === 0)
  if (!pod) return secondsSince(end, job, now) < LOST_AFTER_SECONDS ? undefined : { problem: 'the pod is gone with its answer' }
  const checked = validateJson(CleanupReport, endOfContainer(pod, CONTAINER)?.message ?? '', SUMMARY_MAX_BYTES)
  return 'complaints' in checked ? { problem: `the answer cannot be used: ${checked.complaints[0]}` } : { told: checked.value.bundles }
}
