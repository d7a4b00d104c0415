// What Kubernetes does with the Jobs of the cluster in memory: pods come, run, end and go, Jobs end and are forgotten.
import type { TrainerConfig } from '../../operator/api/bundle.ts'
import type { Job, Pod } from '../../operator/plan/observed.ts'
import { type Cluster, time } from './cluster.ts'
import { failure, runnerUp, success } from './trainingjob.ts'

export const isOver = (job: Job): boolean => job.status?.conditions?.some(each => each.status === 'True') ?? false
export const isLive = (pod: Pod): boolean => !['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')
export const jobOf = (pod: Pod): string | undefined => pod.metadata.ownerReferences?.[0]?.uid
export const podsOf = (c: Cluster, job: Job): Pod[] => c.pods.filter(pod => jobOf(pod) === job.metadata.uid)

/** The Job controller: a pod for each Job that has none at work; none for a Job that is suspended. */
export const startPods = (c: Cluster): void => {
  for (const job of c.jobs) {
    const live = podsOf(c, job).filter(isLive)
    if (job.spec?.suspend) for (const pod of live) drop(c, pod)
    else if (!isOver(job) && live.length === 0) c.pods.push(podOf(c, job))
  }
}

const drop = (c: Cluster, pod: Pod): void => void c.pods.splice(c.pods.indexOf(pod), 1)

const podOf = (c: Cluster, job: Job): Pod => {
  const { containers } = (job.spec as unknown as { template: { spec: { containers: [] } } }).template.spec
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${job.metadata.name}-${++c.uids}`,
      uid: `pod-${c.uids}`,
      labels: job.metadata.labels,
      creationTimestamp: time(c),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.metadata.name, uid: job.metadata.uid ?? '', controller: true }],
    },
    spec: { nodeName: 'n1', containers },
    status: { phase: 'Pending' },
  }
}

export const runPods = (c: Cluster): void => {
  for (const pod of c.pods.filter(isLive)) {
    pod.status = { phase: 'Running', podIP: '10.0.0.1', containerStatuses: [{ name: 'trainer', ready: true, state: { running: {} } }] }
  }
}

export type End = 'success' | 'bad data' | 'crash' | 'out of memory' | 'nonsense' | 'silence' | 'stolen bundle'

/** Each pod at work ends so, and its Job with it if that decides it. */
export const endPods = (c: Cluster, how: End): void => {
  for (const pod of c.pods.filter(isLive)) {
    const uid = jobOf(pod) ?? ''
    const { exitCode, reason, message } = endings[how](uid, topOf(c, uid))
    const phase = exitCode === 0 ? 'Succeeded' : 'Failed'
    pod.status = { phase, containerStatuses: [{ name: 'trainer', state: { terminated: { exitCode, reason, message } } }] }
    const job = c.jobs.find(each => each.metadata.uid === uid)
    if (job) countEnd(c, job, exitCode)
  }
}

interface Ending {
  exitCode: number
  reason?: string
  message?: string
}

/** What the trainer of a run is told, as long as its ConfigMap is there. */
export const configOf = (c: Cluster, name: string | undefined): Partial<TrainerConfig> => {
  const written = c.configMaps.find(({ metadata }) => metadata.name === name)?.['data'] as { 'config.json'?: string } | undefined
  return JSON.parse(written?.['config.json'] ?? '{}') as Partial<TrainerConfig>
}

/** How many bundles it keeps. */
const topOf = (c: Cluster, uid: string): number => {
  const { rivals = [], tuning, ranking } = configOf(c, c.jobs.find(job => job.metadata.uid === uid)?.metadata.name)
  return Math.min(ranking?.top ?? 1, 1 + rivals.length + (tuning?.trials ?? 0))
}

const endings: Record<End, (uid: string, top: number) => Ending> = {
  success: (uid, top) => ({ exitCode: 0, message: success(uid, top > 1 ? { runnersUp: Array.from({ length: top - 1 }, runnerUp) } : {}) }),
  'bad data': () => ({ exitCode: 42, message: failure('DataInvalid', 'row 7: petal_length is "x", a number is needed') }),
  crash: () => ({ exitCode: 1, message: failure('TrainingFailed', 'it broke') }),
  'out of memory': () => ({ exitCode: 137, reason: 'OOMKilled' }),
  nonsense: () => ({ exitCode: 0, message: '{"contract":' }),
  silence: () => ({ exitCode: 0 }),
  'stolen bundle': () => ({ exitCode: 0, message: success('uid-of-another-job') }),
}

const countEnd = (c: Cluster, job: Job, exitCode: number): void => {
  const limit = (job.spec as { backoffLimit: number }).backoffLimit
  const failed = (job.status?.failed ?? 0) + (exitCode === 0 ? 0 : 1)
  job.status = { ...job.status, failed }
  if (exitCode === 0) finish(c, job, { type: 'Complete' })
  else if (exitCode === 42) finish(c, job, { type: 'Failed', reason: 'PodFailurePolicy' })
  else if (failed > limit) finish(c, job, { type: 'Failed', reason: 'BackoffLimitExceeded' })
}

const finish = (c: Cluster, job: Job, { type, reason }: { type: string; reason?: string }): void => {
  job.status = { ...job.status, conditions: [{ type, status: 'True', lastTransitionTime: time(c), ...(reason && { reason }) }] }
}

export const passDeadline = (c: Cluster): void => {
  for (const job of c.jobs.filter(each => !isOver(each) && !each.spec?.suspend)) {
    finish(c, job, { type: 'Failed', reason: 'DeadlineExceeded' })
    for (const pod of podsOf(c, job).filter(isLive)) drop(c, pod)
  }
}

/** Finished Jobs whose time is over go, and their pods with them. */
export const forgetJobs = (c: Cluster): void => {
  c.jobs = c.jobs.filter(job => !isOver(job) || job.spec?.ttlSecondsAfterFinished === undefined)
  collect(c)
}

/** The garbage collector: pods without a Job. */
export const collect = (c: Cluster): void => {
  c.pods = c.pods.filter(pod => c.jobs.some(job => job.metadata.uid === jobOf(pod)))
}
