// How each version stands, as its pods report it: a pod counts as ready only when it serves the digest of its version.
import { label } from '../../api/contract.ts'
import type { Served } from '../../api/inferenceservice.ts'
import type { Pod } from '../observed.ts'
import type { ServiceWorld } from './world.ts'

/** Pods that run or will run. */
export const podsOf = (world: ServiceWorld, version: number): Pod[] => allPodsOf(world, version).filter(pod => !hasEnded(pod))

/** Pods that the node took away, such as evicted ones; their Deployment has replaced them. */
export const endedPodsOf = (world: ServiceWorld, version: number): Pod[] => allPodsOf(world, version).filter(hasEnded)

const allPodsOf = ({ seen }: ServiceWorld, version: number): Pod[] =>
  seen.pods.filter(pod => pod.metadata.labels?.[label.version] === String(version) && !pod.metadata.deletionTimestamp)

const hasEnded = (pod: Pod) => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'

export const isReady = (pod: Pod) =>
  pod.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false

/** Versions without a pod are left out. */
export const served = (world: ServiceWorld, versions: readonly number[]): Served[] =>
  versions.flatMap(version => {
    const pods = podsOf(world, version)
    const digest = world.seen.versions.get(version)?.spec.digest
    const serving = pods.filter(
      pod => isReady(pod) && reports(world, pod) !== undefined && (digest === undefined || reports(world, pod) === digest),
    )
    return pods.length === 0 ? [] : [{ version, digest: digest ?? '', replicas: pods.length, ready: serving.length }]
  })

const reports = ({ seen }: ServiceWorld, pod: Pod) => seen.health.get(pod.metadata.uid ?? '')?.digest

export const readyOf = (list: readonly Served[], version: number): number => list.find(each => each.version === version)?.ready ?? 0
