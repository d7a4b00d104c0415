// The TrainingJob controller: which objects its world is read from, and whose change it is woken by.
import { label } from '../api/contract.ts'
import type { Model } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import type { TrainingJob, TrainingJobStatus } from '../api/trainingjob.ts'
import type { Job, Pod } from '../plan/observed.ts'
import { isOf } from '../plan/pods/ofjob.ts'
import type { Settings } from '../plan/shape.ts'
import { plan } from '../plan/trainingjob/plan.ts'
import type { TrainingWorld } from '../plan/trainingjob/world.ts'
import type { ProgressBook } from '../pods/progress.ts'
import type { Key, KubeObject, Stores } from '../runtime/shape.ts'
import type { ControllerSpec, Watch } from '../runtime/spec.ts'
import { failuresOf, refusedPods } from './refusedpods.ts'
import { claims, configMaps, jobs, models, modelVersions, OURS, pods, trainingJobs, within } from './resources.ts'
import { byModel, versionsOf } from './versions.ts'

export interface TrainingJobParts {
  settings: Settings
  progress: ProgressBook
  namespace?: string
}

export const trainingJobController = (parts: TrainingJobParts): ControllerSpec<TrainingWorld, TrainingJobStatus> => ({
  name: 'trainingjob',
  primary: within(trainingJobs, parts.namespace),
  watches: watches(parts.namespace),
  children: [jobs, configMaps].map(kind => within(kind, parts.namespace, OURS)),
  read: (key, stores, { now, conflicts, refusals }) => {
    const object = stores.of(trainingJobs).get(key) as unknown as TrainingJob | undefined
    if (!object) {
      parts.progress.forget(key)
      return undefined
    }
    const seen = seenOf(key, object, stores)
    const working = seen.pods.find(pod => pod.status?.phase === 'Running' && seen.jobs.some(job => isOf(pod, job)))
    const progress = working && parts.progress.of(key, working)
    return { object, seen: { ...seen, ...(progress && { progress }) }, now, settings: parts.settings, conflicts, refusals }
  },
  plan,
})

const byTrainingJob = {
  trainingJob: (object: KubeObject): Key[] => {
    const name = object.metadata.labels?.[label.trainingJob]
    return name ? [`${object.metadata.namespace ?? ''}/${name}`] : []
  },
}

const bySource = {
  source: (version: KubeObject): string[] => [(version as unknown as ModelVersion).spec?.source?.uid ?? ''],
}

const watches = (namespace: string | undefined): Watch[] => [
  { resource: { ...within(pods, namespace, OURS), indexes: byTrainingJob }, keys: byTrainingJob.trainingJob },
  { resource: within(claims, namespace), keys: byTrainingJob.trainingJob },
  { resource: { ...within(modelVersions, namespace), indexes: { ...byModel, ...bySource } }, keys: byTrainingJob.trainingJob },
  // Only read: what a Model says matters at the moment of a registration and at no other.
  { resource: within(models, namespace), keys: () => [] },
  refusedPods(namespace, byTrainingJob.trainingJob),
]

const seenOf = (key: Key, { metadata, spec }: TrainingJob, stores: Stores) => {
  const { namespace, uid } = metadata
  const versions = stores.of(modelVersions)
  const ownJobs = stores.of(jobs).by('owner', uid) as Job[]
  const left = versions.by('source', uid) as unknown as ModelVersion[]
  return {
    jobs: ownJobs,
    pods: stores.of(pods).by('trainingJob', key) as Pod[],
    configMaps: stores.of(configMaps).by('owner', uid),
    failures: failuresOf(ownJobs, stores),
    versions: [...new Set([...versionsOf(versions, namespace, spec.model), ...left])],
    model: stores.of(models).get(`${namespace}/${spec.model}`) as unknown as Model | undefined,
  }
}
