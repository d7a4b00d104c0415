// A model with imported versions as tests of imports need it: what a plan says is carried out, and Jobs end as the test says.
import { IMPORT_REFUSED, label } from '../../../api/contract.ts'
import type { Decision } from '../../../api/decision.ts'
import type { Import } from '../../../api/import.ts'
import { ImportConfig, type ImportReport } from '../../../api/importjob.ts'
import type { Model, ModelSpec, ModelStatus } from '../../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../../api/modelversion.ts'
import { validateJson } from '../../../api/validate.ts'
import type { Job, Pod } from '../../observed.ts'
import { plan } from '../plan.ts'
import { digestOf, later, noServerJobs, nothingElse, sampleModel, sampleVersion } from '../sampleworld.ts'

export const fromClaim: Import = { from: { claim: { name: 'models', path: 'churn/v4' } } }

export const importedVersion = (number: number, how: Import = fromClaim): ModelVersion => {
  const version = sampleVersion(number, 0.9)
  const { evaluation: _, ...spec } = version.spec
  return { ...version, spec: { ...spec, import: how } }
}

export interface Cluster {
  model: Model
  versions: ModelVersion[]
  jobs: Job[]
  pods: Pod[]
  decisions: Decision[]
  tracking?: { uri: string }
}

export const cluster = (spec: ModelSpec, ...versions: ModelVersion[]): Cluster => ({
  model: sampleModel(spec),
  versions,
  jobs: [],
  pods: [],
  decisions: [],
})

export const look = ({ model, versions, jobs, pods, decisions, tracking }: Cluster, minutes = 1) =>
  plan({
    ...nothingElse,
    object: model,
    versions,
    decisions,
    now: later(minutes),
    serverJobs: { ...noServerJobs, jobs, pods, settings: { ...noServerJobs.settings, ...(tracking && { tracking }) } },
  })

/** What is there after a plan was carried out; a Job gets its uid, and an apply leaves its status as it is. */
export const pass = (before: Cluster, minutes = 1): Cluster => {
  const planned = look(before, minutes)
  const statusFor = (name: string) => planned.statuses?.find(({ object }) => object.metadata.name === name)?.status
  return {
    ...before,
    model: { ...before.model, status: planned.status as ModelStatus },
    versions: before.versions.map(version => {
      const status = statusFor(version.metadata.name)
      return status ? { ...version, status: status as ModelVersionStatus } : version
    }),
    jobs: planned.apply.flatMap(({ object }) => (object.kind === 'Job' ? [existing(before, object as Job)] : [])),
  }
}

const existing = ({ jobs }: Cluster, job: Job): Job => {
  const found = jobs.find(({ metadata }) => metadata.name === job.metadata.name)
  return found ? { ...found, spec: job.spec ?? {} } : { ...job, metadata: { ...job.metadata, uid: job.metadata.name } }
}

/** What is heard is stored first, and counts in the next pass. */
export const heard = (before: Cluster, minutes = 1): Cluster => pass(pass(before, minutes), minutes)

export const configOf = (job: Job): ImportConfig => {
  const { template } = job.spec as unknown as { template: { spec: { containers: { args: string[] }[] } } }
  const checked = validateJson(ImportConfig, template.spec.containers[0]?.args[1] ?? '', 100_000)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

export const isOver = ({ status }: Job): boolean => (status?.conditions?.length ?? 0) > 0

const over = (job: Job, type: 'Complete' | 'Failed', minutes: number): Job => ({
  ...job,
  status: { conditions: [{ type, status: 'True', lastTransitionTime: later(minutes).toISOString(), message: 'the Job failed' }] },
})

const podOf = (job: Job, terminated: { exitCode: number; message: string }): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${job.metadata.name}-x`,
    namespace: 'ns',
    uid: `pod-${job.metadata.name}`,
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }],
  },
  status: { phase: terminated.exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses: [{ name: 'import', state: { terminated } }] },
})

export interface End {
  exitCode: number
  message: string
  /** When. */
  minutes?: number
}

/** The Job of a version that is at work ends so. */
export const ended = (before: Cluster, number: number, { minutes = 1, ...terminated }: End): Cluster => {
  const job = before.jobs.find(each => !isOver(each) && each.metadata.labels?.[label.version] === String(number))
  if (!job) throw new Error(`version ${number} has no Job at work`)
  const end = over(job, terminated.exitCode === 0 ? 'Complete' : 'Failed', minutes)
  return { ...before, jobs: before.jobs.map(each => (each === job ? end : each)), pods: [...before.pods, podOf(job, terminated)] }
}

export const report = (number: number, more: Partial<ImportReport> = {}): string =>
  JSON.stringify({ contract: 1, asked: digestOf(number), digest: digestOf(1000 + number), ...more })

export const succeeded = (before: Cluster, number: number, more: Partial<ImportReport> = {}): Cluster =>
  ended(before, number, { exitCode: 0, message: report(number, more) })

export const refused = (before: Cluster, number: number, message: string): Cluster =>
  ended(before, number, { exitCode: IMPORT_REFUSED, message })

export const statusOf = ({ versions }: Cluster, number: number): ModelVersionStatus =>
  versions.find(({ spec }) => spec.version === number)?.status ?? {}

/** Status, reason and message of a condition. */
export const says = (after: Cluster, number: number, type = 'Ready'): string => {
  const found = statusOf(after, number).conditions?.find(each => each.type === type)
  return found ? `${found.status} ${found.reason}: ${found.message}` : 'nothing'
}
