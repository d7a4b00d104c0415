// Decides how a run ended, from the conditions of its Job and the last words of its pod, before either is forgotten.
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Run } from '../../api/run.ts'
import type { Job, ObservedCondition, Pod } from '../observed.ts'
import { brief } from '../pods/brief.ts'
import { endOf, endOfContainer, isActive, LOST_AFTER_SECONDS, podsOf, secondsSince } from '../pods/ofjob.ts'
import { type Book, changed, jobOf, newest, versionOf } from './book.ts'
import { late } from './deadline.ts'
import { CONTAINER } from './names.ts'
import { artifactsClaimOf } from './podtemplate.ts'
import { type Checked, type Report, reportOf, type Success } from './summary.ts'
import { type Trouble, troubleOf } from './trouble.ts'
import type { TrainingWorld } from './world.ts'

const FAILED_AFTER_SECONDS = 10

export interface Harvest {
  book: Book
  /** The Job ended, and its pods are not all known yet. */
  waiting?: true
}

interface Ended {
  run: Run
  job: Job
  end: ObservedCondition
  pods: Pod[]
}

export const harvest = (world: TrainingWorld, book: Book): Harvest => {
  const run = newest(book)
  if (run?.outcome !== 'Running') return { book }
  const version = versionOf(world, run)
  if (version) return { book: remembered(book, run, version) }
  const job = jobOf(world, run)
  const end = job && endOf(job)
  if (!end) return { book }
  const ended = { run, job, end, pods: podsOf(world.seen.pods, job) }
  const next = end.type === 'Complete' ? completed(world, book, ended) : failed(world, book, ended)
  return next ? { book: next } : { book, waiting: true }
}

/** The status was lost after the registration: the version tells what it knew. */
const remembered = (book: Book, run: Run, { metadata, spec }: ModelVersion): Book => {
  const { artifact, digest, evaluation, source } = spec
  const ended: Run = {
    ...run,
    outcome: 'Succeeded',
    finishedAt: metadata.creationTimestamp,
    artifact: { ...artifact, digest, sizeBytes: 0 },
    ...(source?.algorithm && { algorithm: source.algorithm }),
    ...(source?.dataDigest && { dataDigest: source.dataDigest }),
    ...(source?.mlflowRunId && { mlflowRunId: source.mlflowRunId }),
  }
  // The best is registered last: what else the run left has its versions, and needs nothing any more.
  return {
    ...changed(book, ended),
    ...(evaluation && { metrics: evaluation.metrics }),
    runnersUp: undefined,
    progress: { percent: 100, stage: 'Done' },
  }
}

const completed = (world: TrainingWorld, book: Book, ended: Ended): Book | undefined => {
  const pod = ended.pods.find(each => endOfContainer(each, CONTAINER)?.exitCode === 0)
  if (!pod) return isWithin(world, ended, LOST_AFTER_SECONDS) ? undefined : fail(book, ended, lost(ended))
  const report = reportOf(pod, ended.job) ?? { unreadable: 'there is none' }
  if ('success' in report) return succeeded(book, ended, report.success)
  if ('checked' in report) return checked(book, ended, report.checked)
  return fail(book, ended, { reason: 'TrainingFailed', message: `the trainer ended well, ${unusable(report)}` })
}

const lost = ({ run }: Ended): Trouble => ({
  reason: 'ResultLost',
  message: `the Job of run ${run.number} is complete, but its pod is gone and the summary with it`,
})

const unusable = (report: Exclude<Report, { success: Success } | { checked: Checked }>): string => {
  if ('failure' in report) return `but reports a failure: ${brief(report.failure.message)}`
  return `but its summary cannot be used (${brief(report.unreadable)}): compute.image must speak the contract of this operator`
}

const succeeded = (book: Book, ended: Ended, success: Success): Book => {
  const { artifact, algorithm, data, metrics, runnersUp = [], message, mlflowRunId, storage } = success
  const run: Run = {
    ...finished(ended),
    outcome: 'Succeeded',
    artifact: { claim: artifactsClaimOf(ended.job) ?? '', ...artifact },
    ...(algorithm && { algorithm }),
    ...(data.digest && { dataDigest: data.digest }),
    ...(mlflowRunId && { mlflowRunId }),
    ...(message && { message }),
  }
  const measured = storageOf(book, ended, storage)
  const left = { metrics, runnersUp: runnersUp.length > 0 ? runnersUp : undefined, dataReport: data }
  return { ...changed(book, run), ...measured, ...left, progress: { percent: 100, stage: 'Done' } }
}

/** The rows are good; metrics and version stay those of the last run that trained. */
const checked = (book: Book, ended: Ended, { data, message }: Checked): Book => {
  const run: Run = {
    ...finished(ended),
    outcome: 'Succeeded',
    ...(data.digest && { dataDigest: data.digest }),
    ...(message && { message }),
  }
  return { ...changed(book, run), dataReport: data, progress: { percent: 100, stage: 'Done' } }
}

/** A run that could not measure it, or has no such claim, leaves what is known. */
const storageOf = (book: Book, ended: Ended, storage: Trouble['storage']): Pick<Book, 'storage'> => {
  const { finishedAt = '' } = finished(ended)
  const claim = artifactsClaimOf(ended.job)
  return { storage: storage && claim ? { claim, ...storage, at: finishedAt } : book.storage }
}

const failed = (world: TrainingWorld, book: Book, ended: Ended): Book | undefined => {
  if (ended.end.reason === 'DeadlineExceeded') return fail(book, ended, late(world, ended.run))
  const lagging = ended.pods.some(pod => isActive(pod) && !pod.metadata.deletionTimestamp)
  if ((lagging || ended.pods.length === 0) && isWithin(world, ended, FAILED_AFTER_SECONDS)) return undefined
  const pod = ended.pods.find(each => !isActive(each))
  return fail(book, ended, (pod && troubleOf(pod, ended.job)) ?? ofJob(ended))
}

const ofJob = ({ end }: Ended): Trouble => ({
  reason: 'TrainingFailed',
  message: brief(end.message) || `the Job failed: ${end.reason ?? 'no reason is given'}`,
})

/** How far it came is forgotten: nothing is left to do, and whether anybody asked just before the end is chance. */
const fail = (book: Book, ended: Ended, { reason, message, data, storage }: Trouble): Book => {
  const run: Run = { ...finished(ended), outcome: 'Failed', reason, message: message.slice(0, 1200) }
  return { ...changed(book, run), ...storageOf(book, ended, storage), dataReport: data, progress: undefined }
}

const finished = ({ run, job, end }: Ended): Run => {
  const { reason: _, message: __, ...rest } = run
  const at = job.status?.completionTime ?? end.lastTransitionTime ?? run.startedAt
  return { ...rest, jobUid: job.metadata.uid ?? '', finishedAt: at }
}

const isWithin = ({ now }: TrainingWorld, { end, job }: Ended, limit: number): boolean => secondsSince(end, job, now) < limit
