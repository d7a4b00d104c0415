// Pods that the API server refuses to a Job: Jobs have no condition that says so, there is only the event.
import type { CreationFailure } from '../plan/observed.ts'
import type { Key, KubeObject, Stores } from '../runtime/shape.ts'
import type { Watch } from '../runtime/spec.ts'
import { events, jobs, within } from './resources.ts'

const REFUSED_PODS = 'involvedObject.kind=Job,reason=FailedCreate'

const byJob = { job: (event: KubeObject): string[] => [(event as CreationFailure).involvedObject?.uid ?? ''] }

/** Wakes whomever the Job belongs to. */
export const refusedPods = (namespace: string | undefined, ownerOf: (job: KubeObject) => Key[]): Watch => {
  const all = within(events, namespace)
  return {
    resource: { ...all, selection: { ...all.selection, fieldSelector: REFUSED_PODS }, indexes: byJob },
    keys: (event, stores) => {
      const { namespace: at = '', name = '' } = (event as CreationFailure).involvedObject ?? {}
      const job = stores.of(jobs).get(`${at}/${name}`)
      return job ? ownerOf(job) : []
    },
  }
}

export const failuresOf = (owned: readonly KubeObject[], stores: Stores): CreationFailure[] =>
  owned.flatMap(job => stores.of(events).by('job', job.metadata.uid ?? '') as CreationFailure[])
