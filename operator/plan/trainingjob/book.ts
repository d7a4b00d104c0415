// Decides what is known of the runs: what the status says, and what only a Job can tell because the status was lost.
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Run } from '../../api/run.ts'
import type { TrainingJobStatus } from '../../api/trainingjob.ts'
import type { Job } from '../observed.ts'
import { byItself, runAnnotation, runOf } from './names.ts'
import type { TrainingWorld } from './world.ts'

/** The memory of a TrainingJob: its status without the conditions. Runs stand with the newest first. */
export type Book = Pick<
  TrainingJobStatus,
  'progress' | 'metrics' | 'runnersUp' | 'dataReport' | 'version' | 'storage' | 'nextRunAt' | 'retrainAt'
> & {
  runs: readonly Run[]
}

const MOST_RUNS = 20

export const readBook = ({ object, seen }: TrainingWorld): Book => {
  const { runs = [], progress, metrics, runnersUp, dataReport, version, storage, nextRunAt, retrainAt } = object.status ?? {}
  const known = new Set(runs.map(run => run.number))
  const recovered = seen.jobs.flatMap(job => recoveredRun(job) ?? []).filter(run => !known.has(run.number))
  return { runs: sorted([...runs, ...recovered]), progress, metrics, runnersUp, dataReport, version, storage, nextRunAt, retrainAt }
}

const sorted = (runs: readonly Run[]): Run[] => runs.toSorted((a, b) => b.number - a.number).slice(0, MOST_RUNS)

const recoveredRun = (job: Job): Run | undefined => {
  const number = runOf(job)
  const { annotations, creationTimestamp } = job.metadata
  const specDigest = annotations?.[runAnnotation.specDigest]
  if (number === undefined || specDigest === undefined || !creationTimestamp) return undefined
  const request = annotations?.[runAnnotation.request]
  const trigger = annotations?.[runAnnotation.trigger]
  const attempt = Number(annotations?.[runAnnotation.attempt])
  return {
    number,
    specDigest,
    startedAt: creationTimestamp,
    outcome: 'Running',
    ...(byItself(trigger) && { trigger }),
    ...(Number.isInteger(attempt) && attempt >= 1 && attempt <= 5 && { attempt }),
    ...(request !== undefined && { request }),
  }
}

export const newest = (book: Book): Run | undefined => book.runs[0]

/** One that ended well and left no bundle was to check the rows, and no more. */
export const onlyChecked = (run: Run): boolean => run.outcome === 'Succeeded' && run.artifact === undefined

export const changed = (book: Book, run: Run): Book => ({ ...book, runs: sorted([run, ...book.runs.filter(r => r.number !== run.number)]) })

export const jobOf = ({ seen }: TrainingWorld, run: Run): Job | undefined => seen.jobs.find(job => runOf(job) === run.number)

/** The version that carries a bundle of a run, the best one unless said otherwise; it outlives the run's Job, its pod, and a lost status. */
export const versionOf = ({ object, seen }: TrainingWorld, run: Run, rank = 1): ModelVersion | undefined =>
  seen.versions.find(
    ({ spec: { source } }) => source?.uid === object.metadata.uid && source.run === run.number && (source.rank ?? 1) === rank,
  )

/** A number is taken once any trace of it exists, so that no number is used twice. */
export const nextNumber = ({ object, seen }: TrainingWorld, book: Book): number => {
  const versions = seen.versions.flatMap(({ spec: { source } }) => (source?.uid === object.metadata.uid ? [source.run] : []))
  const traces = [...seen.jobs, ...seen.configMaps].flatMap(child => runOf(child) ?? [])
  return 1 + Math.max(0, ...book.runs.map(run => run.number), ...versions, ...traces)
}

/** Kubernetes times carry whole seconds. */
export const stamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`
