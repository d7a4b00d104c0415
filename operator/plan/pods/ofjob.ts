// Decides which pods belong to a Job, by owner (a label can be written by anybody), and how a Job and its container ended.
import type { ContainerState, Job, ObservedCondition, Pod } from '../observed.ts'

const ownerOf = (pod: Pod) => pod.metadata.ownerReferences?.find(owner => owner.controller === true && owner.kind === 'Job')

export const isOfJob = (pod: Pod): boolean => ownerOf(pod) !== undefined

export const isOf = (pod: Pod, job: Job | undefined): boolean => job !== undefined && ownerOf(pod)?.uid === job.metadata.uid

/** It has not ended: it may write. */
export const isActive = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'

/** Pods of a Job, the newest first. */
export const podsOf = (pods: readonly Pod[], job: Job | undefined): Pod[] =>
  pods.filter(pod => isOf(pod, job)).sort((a, b) => bornAt(b) - bornAt(a) || b.metadata.name.localeCompare(a.metadata.name, 'en'))

const bornAt = (pod: Pod): number => Date.parse(pod.metadata.creationTimestamp ?? '') || 0

export const endOfContainer = (pod: Pod, name: string): ContainerState['terminated'] =>
  pod.status?.containerStatuses?.find(container => container.name === name)?.state?.terminated

export const endOf = (job: Job): ObservedCondition | undefined =>
  job.status?.conditions?.find(each => ['Complete', 'Failed'].includes(each.type) && each.status === 'True')

export const isFinished = (job: Job): boolean => endOf(job) !== undefined

/** A Job and its pods reach us through different watches: so long the pods may lag behind. */
export const LOST_AFTER_SECONDS = 30

/** How long ago that was, in seconds; for ever, when nobody says when. */
export const secondsSince = (end: ObservedCondition, job: Job, now: Date): number =>
  (now.getTime() - (Date.parse(end.lastTransitionTime ?? job.status?.completionTime ?? '') || 0)) / 1000
