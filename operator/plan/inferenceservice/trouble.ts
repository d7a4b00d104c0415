// Why the pods of a version do not serve: the first cause that a person can act on.
import type { Observation } from '../../api/conditions.ts'
import type { Deployment, Pod } from '../observed.ts'
import { brief } from '../pods/brief.ts'
import { rootCause } from '../pods/cause.ts'
import { refusedPods } from '../pods/creation.ts'
import { isReady } from '../pods/ready.ts'
import { obstacle } from '../shape.ts'
import { endedPodsOf, podsOf } from './served.ts'
import { bundleIn, type ServiceWorld, versionName } from './world.ts'

export type Trouble = Pick<Observation, 'reason' | 'message'>

export const trouble = (world: ServiceWorld, version: number): Trouble | undefined =>
  obstacle(world) ??
  refusedBundle(world, version) ??
  missingClaim(world, version) ??
  brokenPods(world, version) ??
  strangePods(world, version) ??
  uncreatedPods(world, version)

/** A server that says so answers again soon, or is on its way out. */
const passing: readonly string[] = ['Loading', 'Draining', 'WorkersLost']

/** A server that refuses its bundle stays alive and says why. */
const refusedBundle = (world: ServiceWorld, version: number): Trouble | undefined => {
  const degraded = podsOf(world, version)
    .map(pod => world.seen.health.get(pod.metadata.uid ?? ''))
    .find(health => health?.status === 'degraded' && health.reason !== undefined && !passing.includes(health.reason))
  if (!degraded) return undefined
  const said = (brief(degraded.message, 1000) || 'no message').replace(/\.$/, '')
  return { reason: 'LoadFailed', message: `version ${version} will not load: ${degraded.reason}: ${said}${placeOf(world, version)}` }
}

/** The server knows a folder of its own container only. */
const placeOf = ({ seen }: ServiceWorld, version: number): string => {
  const artifact = seen.versions.get(version)?.spec.artifact
  return artifact ? ` (claim ${artifact.claim}, path ${artifact.path})` : ''
}

const missingClaim = ({ seen }: ServiceWorld, version: number): Trouble | undefined => {
  const claim = seen.versions.get(version)?.spec.artifact.claim
  if (claim === undefined || seen.claims.has(claim)) return undefined
  return {
    reason: 'ClaimMissing',
    message: `PersistentVolumeClaim ${claim} with the bundle of version ${version} does not exist: restore it, or serve another version`,
  }
}

const words = { image: "the operator's server image", resources: 'server.resources' }

/** A pod that ended is only the reason while no other pod of the version answers. */
const brokenPods = (world: ServiceWorld, version: number): Trouble | undefined => {
  const [alive, ended] = [podsOf(world, version), endedPodsOf(world, version)]
  return rootCause(alive, words) ?? (alive.some(isReady) ? undefined : rootCause(ended, words))
}

/** The kubelet calls a pod ready that does not say, or says otherwise, which bundle it serves: it counts for nothing. */
const strangePods = (world: ServiceWorld, version: number): Trouble | undefined => {
  const found = podsOf(world, version)
    .filter(isReady)
    .flatMap(pod => strangenessOf(world, pod, version) ?? [])
  return found[0] === undefined ? undefined : { reason: 'HealthUnusable', message: `version ${version}: ${found[0]}` }
}

const strangenessOf = ({ seen }: ServiceWorld, { metadata }: Pod, version: number): string | undefined => {
  const uid = metadata.uid ?? ''
  const problem = seen.unheard.get(uid)
  if (problem) return `pod ${metadata.name} is ready, but GET /health cannot be used: ${brief(problem)}`
  const digest = bundleIn({ seen }, version)?.digest
  const health = seen.health.get(uid)
  if (health?.status !== 'healthy' || digest === undefined || health.digest === digest) return undefined
  return `pod ${metadata.name} is ready, but serves the bundle ${health.digest ?? 'of no digest'} instead of ${digest}: delete the pod`
}

/** Quota and PodSecurity refuse pods before they exist; only the Deployment hears of it. */
const uncreatedPods = ({ object, seen }: ServiceWorld, version: number): Trouble | undefined => {
  const live = seen.deployments.find(deployment => deployment.metadata.name === versionName(object, version))
  const failure = failedReplicas(live)
  if (failure === undefined) return undefined
  const { reason, message } = refusedPods(failure)
  return { reason, message: `pods of version ${version} are refused: ${message}` }
}

const failedReplicas = (deployment: Deployment | undefined): string | undefined => {
  const failure = deployment?.status?.conditions?.find(condition => condition.type === 'ReplicaFailure' && condition.status === 'True')
  return failure ? failure.message || failure.reason || 'no message' : undefined
}
