// What is said about a service: the entry's readiness, the rollout's health, where it may run and how it is reached.
import type { Observation } from '../../api/conditions.ts'
import type { InferenceServiceStatus, Served } from '../../api/inferenceservice.ts'
import { observed, obstacle } from '../shape.ts'
import { url } from './route.ts'
import { readyOf } from './served.ts'
import { address } from './service.ts'
import type { Wanted } from './target.ts'
import { type Trouble, trouble } from './trouble.ts'
import type { ServiceWorld } from './world.ts'

export interface Situation {
  wanted: Wanted
  /** The version that clients reach once the plan is carried out. */
  entry: number | undefined
  needed: number
  traffic: Served[]
  serverImage: string | undefined
}

export const status = (world: ServiceWorld, situation: Situation): InferenceServiceStatus => {
  const { generation } = world.object.metadata
  const { entry, traffic, serverImage } = situation
  const said = [ready(world, situation), rollout(world, situation), scalable(world, situation), routed(world, situation)]
  return {
    observedGeneration: generation,
    url: url(world.object),
    address: address(world.object),
    ...(entry !== undefined && { entry }),
    ...(serverImage && { serverImage }),
    traffic,
    replicas: entry === undefined ? 0 : readyOf(traffic, entry),
    conditions: observed(generation, [...said, ...stalled(said)]) as InferenceServiceStatus['conditions'],
  }
}

const say = (type: string, state: Observation['status'], { reason, message }: Trouble): Observation => ({
  type,
  status: state,
  reason,
  message,
})

const ready = (world: ServiceWorld, { wanted, entry, needed, traffic }: Situation): Observation => {
  if (entry === undefined) {
    if ('missing' in wanted) return say('Ready', 'False', wanted.missing)
    const cause = obstacle(world)
    if (cause) return say('Ready', 'False', cause)
    return say('Ready', 'Unknown', { reason: 'Starting', message: `version ${wanted.version} is being set up` })
  }
  const count = readyOf(traffic, entry)
  const pods = `${count} of ${Math.max(count, needed)} pods ready`
  const empty = 'missing' in wanted ? `; ${wanted.missing.message}; the last version keeps serving` : ''
  if (count > 0) return say('Ready', 'True', { reason: 'Serving', message: `version ${entry} answers, ${pods}${empty}` })
  const cause = trouble(world, entry)
  if (cause) return say('Ready', 'False', cause)
  return say('Ready', 'Unknown', { reason: 'Starting', message: `version ${entry}: ${pods}${empty}` })
}

const rollout = (world: ServiceWorld, { wanted, entry, needed, traffic }: Situation): Observation => {
  if ('missing' in wanted) return say('RolloutHealthy', 'Unknown', wanted.missing)
  const { version } = wanted
  const count = readyOf(traffic, version)
  const cause = trouble(world, version)
  const meanwhile = entry === undefined || entry === version ? '' : `; version ${entry} keeps serving`
  if (cause) return say('RolloutHealthy', 'False', { reason: cause.reason, message: `${cause.message}${meanwhile}` })
  if (entry === version && count > 0)
    return say('RolloutHealthy', 'True', { reason: 'UpToDate', message: `version ${version} is the one that is asked for` })
  return say('RolloutHealthy', 'Unknown', {
    reason: 'RollingOut',
    message: `version ${version}: ${count} of ${needed} pods ready${meanwhile}`,
  })
}

const MANY_NODES = ['ReadWriteMany', 'ReadOnlyMany']

const scalable = ({ seen }: ServiceWorld, { wanted, entry }: Situation): Observation => {
  const version = 'version' in wanted ? wanted.version : entry
  const name = version === undefined ? undefined : seen.versions.get(version)?.spec.artifact.claim
  if (name === undefined)
    return say('Scalable', 'Unknown', { reason: 'NoVersion', message: 'no version is known, so neither is its claim' })
  const claim = seen.claims.get(name)
  if (!claim) return say('Scalable', 'False', { reason: 'ClaimMissing', message: `PersistentVolumeClaim ${name} does not exist` })
  if (claim.spec?.accessModes?.some(mode => MANY_NODES.includes(mode))) {
    return say('Scalable', 'True', { reason: 'SharedVolume', message: `claim ${name} can be mounted on many nodes` })
  }
  const message = `claim ${name} is ${claim.spec?.accessModes?.join(', ') ?? 'of unknown access'}: all pods run on the node that has it; put bundles on a ReadWriteMany claim to use more nodes`
  return say('Scalable', 'False', { reason: 'PinnedToNode', message })
}

const routed = ({ object, seen }: ServiceWorld, { entry }: Situation): Observation => {
  if (!object.spec.ingress)
    return say('RouteReady', 'True', { reason: 'NoRoute', message: 'no Ingress is asked for; use the address inside the cluster' })
  // With the first version it is created in this very pass, which is no state of its own.
  if (!seen.ingress && entry === undefined)
    return say('RouteReady', 'Unknown', { reason: 'NotYet', message: 'the Ingress is created together with the first version' })
  const given = seen.ingress?.status?.loadBalancer?.ingress?.map(each => each.hostname ?? each.ip).filter(Boolean)
  if (given && given.length > 0)
    return say('RouteReady', 'True', { reason: 'RouteAccepted', message: `the Ingress has the address ${given.join(', ')}` })
  const message = 'no Ingress controller has given the Ingress an address: check ingress.className and that a controller runs'
  return say('RouteReady', 'Unknown', { reason: 'RoutePending', message })
}

const NEEDS_A_PERSON: readonly string[] = ['NameConflict', 'CreationRefused', 'LoadFailed', 'ClaimMissing', 'PodSecurityRefused']

/** Present only while a person must act. */
const stalled = (said: Observation[]): Observation[] => {
  const cause = said.find(
    each => ['Ready', 'RolloutHealthy'].includes(each.type) && each.status === 'False' && NEEDS_A_PERSON.includes(each.reason),
  )
  return cause ? [{ ...cause, type: 'Stalled', status: 'True' }] : []
}
