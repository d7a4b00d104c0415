// Puts what the Jobs of imports have found out where everybody looks for it: the bundle once, or one failure more.
import { label } from '../../../api/contract.ts'
import { ImportReport } from '../../../api/importjob.ts'
import type { Evaluation, ModelVersion, ModelVersionStatus } from '../../../api/modelversion.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import type { Job } from '../../observed.ts'
import { brief } from '../../pods/brief.ts'
import { lastWords } from '../../pods/lastwords.ts'
import { endOfContainer } from '../../pods/ofjob.ts'
import { answerOf, type Causes, causesOf } from '../serverjob/answer.ts'
import type { ServerJobs } from '../serverjob/jobs.ts'
import { CONTAINER, FINAL_EXIT_CODES, importJobName } from './job.ts'
import { causeWords } from './words.ts'

/** The versions, with what has been heard since their status was written. A Job of an earlier try, or of an earlier version of the name, says nothing. */
export const imported = (versions: readonly ModelVersion[], imports: ServerJobs, now: Date): ModelVersion[] =>
  versions.map(version => {
    const job = bundleOf(version) ? undefined : jobOf(version, imports)
    return job ? heard(version, job, { ...causesOf(job, imports), now }) : version
  })

export const jobOf = (version: ModelVersion, { jobs }: Pick<ServerJobs, 'jobs'>): Job | undefined =>
  jobs.find(({ metadata }) => metadata.name === importJobName(version) && metadata.labels?.[label.import] === version.metadata.uid)

const heard = (version: ModelVersion, job: Job, seen: Causes & { now: Date }): ModelVersion => {
  const answer = answerOf(job, { container: CONTAINER, schema: ImportReport, words: causeWords }, seen)
  if (!answer) return version
  const { import: _, ...known } = version.status ?? {}
  if ('problem' in answer) return { ...version, status: { ...known, import: failure(version, answer.problem, seen) } }
  const { asked, digest, evaluation } = answer.value
  if (asked !== version.spec.digest)
    return { ...version, status: { ...known, import: failure(version, `it answered for ${brief(asked)}`, seen) } }
  const measured = evaluation && !version.spec.evaluation ? { evaluation: sorted(evaluation) } : {}
  return { ...version, status: { ...known, bundle: { digest, ...measured, at: seen.now.toISOString() } } }
}

type Failure = NonNullable<ModelVersionStatus['import']>

const failure = ({ status }: ModelVersion, problem: string, { pods, now }: Causes & { now: Date }): Failure => {
  const refusal = pods.map(pod => endOfContainer(pod, CONTAINER)).find(end => end && FINAL_EXIT_CODES.includes(end.exitCode))
  const said = refusal && lastWords(refusal.message)
  return {
    failures: (status?.import?.failures ?? 0) + 1,
    at: now.toISOString(),
    message: (said || problem).replace(/\.$/, '').slice(0, 512),
    ...(refusal && { final: true }),
  }
}

/** The API server sorts the fields of what it keeps, and the name of a judgement follows from them as they are written. */
const sorted = ({ rows, metrics }: Evaluation): Evaluation => ({
  metrics: metrics.map(metric => Object.fromEntries(Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1))) as typeof metric),
  rows,
})
