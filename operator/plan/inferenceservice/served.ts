// How each version stands, as its pods report it: a pod counts as ready only when it serves the digest of its version.
import { label } from '../../api/contract.ts'
import type { Served } from '../../api/inferenceservice.ts'
import type { Pod } from '../observed.ts'
import { isReady } from '../pods/ready.ts'
import { bundleIn, type ServiceWorld, versionName } from './world.ts'

/** Pods that run or will run. */
export const podsOf = (world: ServiceWorld, version: number): Pod[] => allPodsOf(world, version).filter(pod => !hasEnded(pod))

/** Pods that the node took away, such as evicted ones; their Deployment has replaced them. */
export const endedPodsOf = (world: ServiceWorld, version: number): Pod[] => allPodsOf(world, version).filter(hasEnded)

const allPodsOf = ({ object, seen }: ServiceWorld, version: number): Pod[] =>
  seen.pods.filter(
    pod => pod.metadata.labels?.[label.version] === String(version) && !pod.metadata.deletionTimestamp && !isOlder(pod, object.metadata),
  )

/** A pod of an earlier service of the same name, whose end has not been heard of yet. Times of the API server, in seconds, sort as texts. */
const isOlder = (pod: Pod, { creationTimestamp }: ServiceWorld['object']['metadata']): boolean =>
  (pod.metadata.creationTimestamp ?? '') < (creationTimestamp ?? '')

const hasEnded = (pod: Pod) => pod.status?.phase === 'Failed' || pod.status?.phase === 'Succeeded'

/** What is asked for and what answers; a pod on its way is no news, so that a start takes one status and its end another. */
export const served = (world: ServiceWorld, versions: readonly number[]): Served[] =>
  versions.map(version => {
    const digest = bundleIn(world, version)?.digest
    const serving = podsOf(world, version).filter(
      pod => isReady(pod) && reports(world, pod) !== undefined && (digest === undefined || reports(world, pod) === digest),
    )
    return { version, digest: digest ?? '', replicas: askedFor(world, version), ready: serving.length }
  })

/** A Deployment that is made in this pass begins with one. */
const askedFor = ({ object, seen }: ServiceWorld, version: number): number =>
  seen.deployments.find(each => each.metadata.name === versionName(object, version))?.spec?.replicas ?? 1

const reports = ({ seen }: ServiceWorld, pod: Pod) => seen.health.get(pod.metadata.uid ?? '')?.digest

export const readyOf = (list: readonly Served[], version: number): number => list.find(each => each.version === version)?.ready ?? 0
