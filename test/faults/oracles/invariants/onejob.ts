// Rule: of one TrainingJob, never two Jobs are at work, and never pods of two Jobs.
import type { Job, Pod } from '../../../../operator/plan/observed.ts'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import { controllerOf, type Finding, finding, type Mirror, onceWhile, type Rule } from './moment.ts'

const ENDS = ['Complete', 'Failed']
const OVER = ['Succeeded', 'Failed']

export const oneJobRule = (): Rule => {
  const isNewJob = onceWhile()
  const isNewPod = onceWhile()
  /** TrainingJobs by the uid of their Jobs; a Job may be gone before its pods. */
  const jobs = new Map<string, string>()
  const told = (object: KubeObject, names: string[]): Finding =>
    finding('one Job at a time', object, `at work at the same time: ${names.toSorted().join(', ')}`)

  const ofJobs = (object: KubeObject, world: Mirror): Finding[] => {
    const owner = controllerOf(object)
    if (owner?.kind !== 'TrainingJob') return []
    jobs.set(object.metadata.uid ?? '', owner.uid)
    const active = world.list('Job', object.metadata.namespace ?? '').filter(job => controllerOf(job)?.uid === owner.uid && isActive(job))
    if (!isNewJob(owner.uid, active.length > 1)) return []
    return [
      told(
        object,
        active.map(({ metadata }) => `Job ${metadata.name}`),
      ),
    ]
  }

  const ofPods = (object: KubeObject, world: Mirror): Finding[] => {
    const trainingJob = jobs.get(controllerOf(object)?.uid ?? '')
    if (trainingJob === undefined) return []
    const siblings = world
      .list('Pod', object.metadata.namespace ?? '')
      .filter(pod => jobs.get(controllerOf(pod)?.uid ?? '') === trainingJob)
    const working = siblings.filter(pod => !OVER.includes((pod as Pod).status?.phase ?? ''))
    const two = new Set(working.map(pod => controllerOf(pod)?.uid)).size > 1
    if (!isNewPod(trainingJob, two)) return []
    return [
      told(
        object,
        working.map(({ metadata }) => `Pod ${metadata.name}`),
      ),
    ]
  }

  return ({ object, world }) => {
    if (object.kind === 'Job') return ofJobs(object, world)
    return object.kind === 'Pod' ? ofPods(object, world) : []
  }
}

/** Neither ended nor being deleted: it may make a pod at any moment. */
const isActive = (job: Job): boolean =>
  !job.metadata.deletionTimestamp && !job.status?.conditions?.some(({ type, status }) => ENDS.includes(type) && status === 'True')
