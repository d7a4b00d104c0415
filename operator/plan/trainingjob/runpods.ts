// Decides which pods belong to a Job and which of them count, by owner: a label can be written by anybody.
import type { ContainerState, Job, Pod } from '../observed.ts'
import { CONTAINER } from './names.ts'

const ownerOf = (pod: Pod) => pod.metadata.ownerReferences?.find(owner => owner.controller === true && owner.kind === 'Job')

export const isOfJob = (pod: Pod): boolean => ownerOf(pod) !== undefined

export const isOf = (pod: Pod, job: Job | undefined): boolean => job !== undefined && ownerOf(pod)?.uid === job.metadata.uid

/** It has not ended: it may write. */
export const isActive = ({ status }: Pod): boolean => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'

/** Pods of a Job, the newest first. */
export const podsOf = (pods: readonly Pod[], job: Job | undefined): Pod[] =>
  pods.filter(pod => isOf(pod, job)).sort((a, b) => bornAt(b) - bornAt(a) || b.metadata.name.localeCompare(a.metadata.name, 'en'))

const bornAt = (pod: Pod): number => Date.parse(pod.metadata.creationTimestamp ?? '') || 0

export const endOfTrainer = (pod: Pod): ContainerState['terminated'] =>
  pod.status?.containerStatuses?.find(container => container.name === CONTAINER)?.state?.terminated
