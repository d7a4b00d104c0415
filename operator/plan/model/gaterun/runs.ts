// Decides which Jobs of gate runs exist, and puts what they found out where the gates look for it.

import { label } from '../../../api/contract.ts'
import { gateName } from '../../../api/gate.ts'
import type { Model } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import type { Child } from '../../../runtime/shape.ts'
import type { Job } from '../../observed.ts'
import { isFinished } from '../../pods/ofjob.ts'
import { causesOf, troubleOf as trouble } from '../serverjob/answer.ts'
import { forgotten, keep, type ServerJobs } from '../serverjob/jobs.ts'
import { type Challenge, challengeOf, gateRunOf } from './challenge.ts'
import { measure, warned, words } from './harvest.ts'
import { gateJob, jobName } from './job.ts'
import { isOpen } from './measured.ts'

interface Story {
  model: Model
  versions: readonly ModelVersion[]
  registry: { readonly holders: Readonly<Record<string, number>> }
  now: Date
}

/** The versions, with what Jobs have found out since their status was written. A Job of a judgement that has passed says nothing. */
export const learned = (story: Story, runs: ServerJobs): ModelVersion[] =>
  story.versions.map(version =>
    runs.jobs.filter(job => isFor(job, version)).reduce((known, job) => learn(known, job, { ...story, ...runs }), version),
  )

const isFor = ({ metadata }: Job, { spec }: ModelVersion): boolean => metadata.labels?.[label.version] === String(spec.version)

const learn = (version: ModelVersion, job: Job, { model, versions, registry, now, ...runs }: Story & ServerJobs): ModelVersion => {
  const challenge = model.spec.stages
    .map(stage => challengeOf(stage, version, { registry, versions }))
    .find(each => isOpen(each, now) && jobName(each) === job.metadata.name && gateRunOf(each) === job.metadata.labels?.[label.gateRun])
  const measured = challenge && measure(challenge, job, { ...causesOf(job, runs), now })
  if (!challenge || !measured) return version
  const compared = (challenge.stage.gates ?? []).filter(({ versus }) => versus !== undefined).map(gateName)
  const others = (version.status?.measured ?? []).filter(
    ({ stage }) => stage !== measured.stage && model.spec.stages.some(({ name }) => name === stage),
  )
  return { ...version, status: { ...version.status, measured: [...others, warned(measured, versions, compared)] } }
}

/** What Jobs have to find out, each judgement once. */
const distinct = (open: readonly Challenge[]): Challenge[] => [...new Map(open.map(each => [jobName(each), each])).values()]

/** So many at once: each takes a processor. */
const MOST_JOBS = 3

interface Knowledge {
  model: Model
  /** As their stored status says. */
  stored: readonly ModelVersion[]
  /** With what Jobs have found out since. */
  learned: readonly ModelVersion[]
}

/**
 * The Jobs that are needed, those at work and the oldest version first, and those that ended, for an hour after their answer was
 * stored or ceased to matter. A Job at work that nobody waits for any more leaves the plan.
 */
export const jobChildren = (
  open: readonly Challenge[],
  { model, stored, learned: known }: Knowledge,
  { jobs, settings }: ServerJobs,
): Child[] => {
  const ended = jobs.filter(isFinished)
  const live = new Set(jobs.map(({ metadata }) => metadata.name))
  const wanted = distinct(open)
    .toSorted((a, b) => Number(live.has(jobName(b))) - Number(live.has(jobName(a))))
    .slice(0, MOST_JOBS)
  const awaited = new Set(open.map(jobName))
  const isAwaited = (job: Job) => awaited.has(job.metadata.name) || (isKnown(job, known) && !isKnown(job, stored))
  const kept = ended.map(job => (isAwaited(job) ? keep(job) : forgotten(job)))
  const waiting = wanted
    .filter(challenge => !ended.some(({ metadata }) => metadata.name === jobName(challenge)))
    .map(challenge => {
      const found = jobs.find(({ metadata }) => metadata.name === jobName(challenge))
      return found ? keep(found) : { object: gateJob(challenge, model, settings) }
    })
  return [...waiting, ...kept]
}

const isKnown = (job: Job, versions: readonly ModelVersion[]): boolean =>
  versions.some(
    version => isFor(job, version) && version.status?.measured?.some(({ gateRun }) => gateRun === job.metadata.labels?.[label.gateRun]),
  )

/** Why a Job does not get ahead, if it does not. */
export const troubleOf = (challenge: Challenge, runs: ServerJobs): string | undefined => trouble(jobName(challenge), runs, words)
