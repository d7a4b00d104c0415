// Decides what became of the bundles of a batch.
import { CleanupReport } from '../../../api/cleanupjob.ts'
import type { Job } from '../../observed.ts'
import { type Answer, answerOf, causesOf } from '../serverjob/answer.ts'
import type { ServerJobs } from '../serverjob/jobs.ts'
import { CONTAINER } from './cleanupjob.ts'

export const words = { image: "the operator's server image", resources: 'the limits of the Job' }

/** What it says of each version, or why it says nothing. Undefined while the Job has not ended. */
export const outcomeOf = (job: Job, known: ServerJobs, now: Date): Answer<CleanupReport> | undefined =>
  answerOf(job, { container: CONTAINER, schema: CleanupReport, words }, { ...causesOf(job, known), now })
