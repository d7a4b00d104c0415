// A cluster in memory in which a Model retires versions, as tests need it: passes that may die, Jobs that really empty folders.
import { CleanupConfig, type CleanupReport } from '../../../api/cleanupjob.ts'
import type { Decision } from '../../../api/decision.ts'
import type { InferenceService } from '../../../api/inferenceservice.ts'
import type { ModelSpec, ModelStatus } from '../../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../../api/modelversion.ts'
import { validateJson } from '../../../api/validate.ts'
import type { Job, Pod } from '../../observed.ts'
import { plan } from '../plan.ts'
import { later, noServerJobs, sampleModel } from '../sampleworld.ts'

export interface Cluster {
  spec: ModelSpec
  status?: ModelStatus
  versions: readonly ModelVersion[]
  neighbours: readonly ModelVersion[]
  services: readonly InferenceService[]
  decisions: readonly Decision[]
  jobs: readonly Job[]
  pods: readonly Pod[]
  /** Bundles, as "claim path". */
  folders: ReadonlySet<string>
  minutes: number
}

export const emptyCluster = (spec: ModelSpec): Cluster => ({
  spec,
  versions: [],
  neighbours: [],
  services: [],
  decisions: [],
  jobs: [],
  pods: [],
  folders: new Set(),
  minutes: 0,
})

export const folderOf = ({ spec: { artifact } }: ModelVersion): string => `${artifact.claim} ${artifact.path}`

export const registered = (cluster: Cluster, ...versions: ModelVersion[]): Cluster => ({
  ...cluster,
  versions: [...cluster.versions, ...versions],
  folders: new Set([...cluster.folders, ...versions.map(folderOf)]),
})

export const look = ({ spec, status, minutes, jobs, pods, ...seen }: Cluster) =>
  plan({ ...seen, object: sampleModel(spec, status), ledger: [], now: later(minutes), serverJobs: { ...noServerJobs, jobs, pods } })

/** The writes of a pass, in their order; a pass dies after one of them, or never. */
export const writes = ['nothing', 'commit', 'jobs', 'deletions', 'statuses'] as const
export type Write = (typeof writes)[number]

let uids = 0

export const pass = (cluster: Cluster, last: Write = 'statuses'): Cluster => {
  const planned = look(cluster)
  const reaches = (write: Write) => writes.indexOf(last) >= writes.indexOf(write)
  const gone = planned.remove ?? []
  const told = new Map((planned.statuses ?? []).map(({ object, status }) => [object.metadata.uid, status]))
  const stays = <Kind extends ModelVersion>(version: Kind) =>
    !reaches('deletions') || !gone.some(each => each.metadata.uid === version.metadata.uid)
  return {
    ...cluster,
    ...(reaches('commit') && { status: planned.status as ModelStatus }),
    ...(reaches('jobs') && {
      jobs: planned.apply.flatMap(({ object }) => (object.kind === 'Job' ? [existing(cluster, object as Job)] : [])),
    }),
    versions: cluster.versions
      .filter(stays)
      .map(version => (reaches('statuses') ? { ...version, status: told.get(version.metadata.uid) as ModelVersionStatus } : version)),
    decisions: cluster.decisions.map(decision =>
      reaches('statuses') && told.has(decision.metadata.uid)
        ? { ...decision, status: told.get(decision.metadata.uid) as object }
        : decision,
    ),
  }
}

/** An apply leaves status and uid of a Job as they are. */
const existing = ({ jobs }: Cluster, job: Job): Job => {
  const found = jobs.find(({ metadata }) => metadata.name === job.metadata.name)
  return found ? { ...found, spec: job.spec ?? {} } : { ...job, metadata: { ...job.metadata, uid: `job-${++uids}` } }
}

export const isOver = (job: Job): boolean => (job.status?.conditions?.length ?? 0) > 0

interface JobSpec {
  template: { spec: { containers: { args: string[] }[]; volumes: { persistentVolumeClaim: { claimName: string } }[] } }
}

const jobSpec = (job: Job) => (job.spec as unknown as JobSpec).template.spec

export const claimOf = (job: Job): string => jobSpec(job).volumes[0]?.persistentVolumeClaim.claimName ?? ''

export const configOf = (job: Job): CleanupConfig => {
  const checked = validateJson(CleanupConfig, jobSpec(job).containers[0]?.args[1] ?? '', 100_000)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

/** How a Job may go: some remove the folders and cannot say so. */
export const endings = ['done', 'refused', 'diedBefore', 'diedAfter', 'lost', 'rubbish'] as const
export type Ending = (typeof endings)[number]

export const worked = (cluster: Cluster, job: Job, ending: Ending): Cluster => {
  const removes = ending === 'done' || ending === 'diedAfter' || ending === 'lost'
  const { bundles } = configOf(job)
  const named = bundles.map(({ path }) => `${claimOf(job)} ${path}`)
  const report: CleanupReport = {
    contract: 1,
    bundles: bundles.map(({ version }, index) =>
      removes
        ? { version, outcome: cluster.folders.has(named[index] as string) ? 'Removed' : 'Gone', bytes: 100 }
        : { version, outcome: 'Refused', bytes: 0, message: 'it was changed' },
    ),
  }
  const isFailed = ending === 'diedBefore' || ending === 'diedAfter'
  const end = { type: isFailed ? 'Failed' : 'Complete', status: 'True', lastTransitionTime: later(cluster.minutes).toISOString() }
  return {
    ...cluster,
    folders: removes ? new Set([...cluster.folders].filter(folder => !named.includes(folder))) : cluster.folders,
    jobs: cluster.jobs.map(each => (each === job ? { ...job, status: { conditions: [end] } } : each)),
    pods:
      isFailed || ending === 'lost' ? cluster.pods : [...cluster.pods, podOf(job, ending === 'rubbish' ? '{}' : JSON.stringify(report))],
  }
}

const podOf = ({ metadata }: Job, message: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${metadata.name}-x`,
    namespace: 'ns',
    uid: `pod-${metadata.uid}`,
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: metadata.name, uid: metadata.uid ?? '', controller: true }],
  },
  status: { phase: 'Succeeded', containerStatuses: [{ name: 'cleanup', state: { terminated: { exitCode: 0, message } } }] },
})
