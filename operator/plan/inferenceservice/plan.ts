// The whole story of a service: prepare the wanted version beside the one that answers, move the clients in one write, let the old one go.
//
//   A  nothing is wanted and nothing serves     no child is touched
//   B  nothing is wanted, a version serves      no child is touched: it keeps serving
//   C  the first version                        its children and the stable Service at once
//   D  a new version is wanted                  its children beside the old ones, the Service still names the old version
//   E  the new version is ready                 the Service names it, and the children of the old one leave the plan
import type { InferenceServiceStatus } from '../../api/inferenceservice.ts'
import type { Belief, Child, Happening, KubeObject, Plan, Scale } from '../../runtime/shape.ts'
import { beside } from '../shape.ts'
import { autoscaler, entryMinimum, neededReplicas, raisedFor } from './autoscaler.ts'
import { deployment } from './deployment.ts'
import { disruptionBudget } from './disruptionbudget.ts'
import { isSettled, rememberedImage, serverImage } from './image.ts'
import { networkPolicy } from './networkpolicy.ts'
import { route } from './route.ts'
import { readyOf, served } from './served.ts'
import { entryService, versionService } from './service.ts'
import { type Situation, status } from './status.ts'
import { entry, wanted } from './target.ts'
import { bundleIn, type ServiceWorld, versionName } from './world.ts'

const LOOK_AGAIN_SECONDS = 2

export const plan = (world: ServiceWorld): Plan<InferenceServiceStatus> => {
  const target = wanted(world)
  const current = entry(world)
  const versions = [...new Set([current, 'version' in target ? target.version : undefined])].filter(version => version !== undefined)
  const traffic = served(world, versions)
  const needed = current !== undefined && readyOf(traffic, current) > 0 ? neededReplicas(world, current) : 1
  const situation: Situation = {
    wanted: target,
    entry: current,

    needed,
    traffic,
    serverImage: rememberedImage(world),
  }
  if ('missing' in target) return settle(world, { ...situation, needed: Math.max(1, needed) }, { apply: [], hold: true })
  const flips = current === undefined || (current !== target.version && readyOf(traffic, target.version) >= needed)
  const now = flips ? target.version : current
  const reached = isStuck(world) ? current : now
  const step = { target: target.version, entry: now, reached, needed }
  const reliesOn = moveRestsOn(world, { target: target.version, entry: current })
  return settle(world, { ...situation, entry: reached }, { apply: childrenOf(world, step), scale: prescale(world, step), reliesOn })
}

/** Whoever is told of an older Model would move the clients back to the version before. */
const moveRestsOn = (
  { object, seen }: ServiceWorld,
  { target, entry: current }: { target: number; entry: number | undefined },
): Belief[] =>
  object.spec.traffic[0]?.stage === undefined || current === undefined || current === target
    ? []
    : [beside(object, 'Model', { name: object.spec.model, seen: seen.model?.metadata })]

/** The stable Service could not be written: clients stay where they are, and so does what answers them. */
const isStuck = ({ object, conflicts, refusals, pending }: ServiceWorld): boolean =>
  [...conflicts, ...refusals.map(({ ref }) => ref), ...pending].some(
    ({ kind, name }) => kind === 'Service' && name === object.metadata.name,
  )

interface Step {
  target: number
  /** The version that the stable Service shall name after this pass. */
  entry: number
  /** The version that clients will reach. */
  reached: number | undefined
  needed: number
}

const childrenOf = (world: ServiceWorld, { target, entry: answering, reached, needed }: Step): Child[] => {
  const { object } = world
  const shared = [disruptionBudget(object), networkPolicy(object), ...route(object)].map(each => ({ object: each }))
  const minimum = target === answering ? entryMinimum(world, target) : Math.max(needed, object.spec.autoscaling.min)
  const old = reached === undefined || reached === target ? [] : versionChildren(world, reached, entryMinimum(world, reached))
  return [...old, ...versionChildren(world, target, minimum), { object: entryService(object, answering) }, ...shared]
}

/** A version whose ModelVersion vanished, or came back without its bundle, cannot be described any more: its children stay exactly as they are. */
const versionChildren = (world: ServiceWorld, number: number, minimum: number): Child[] => {
  const { object: service, settings, seen } = world
  const version = seen.versions.get(number)
  const bundle = bundleIn(world, number)
  if (!version || !bundle) return leftAlone(world, number)
  return [
    { object: deployment({ service, version, digest: bundle.digest, settings, image: serverImage(world) }) },
    { object: versionService(service, number) },
    { object: autoscaler(service, number, minimum) },
  ]
}

const leftAlone = ({ object, seen }: ServiceWorld, number: number): Child[] =>
  [...seen.deployments, ...seen.services, ...seen.autoscalers]
    .filter(child => child.metadata.name === versionName(object, number))
    .map(child => ({ object: child as KubeObject, mode: 'keep' }))

/** A new version gets the pods it needs at once, before the autoscaler looks. */
const prescale = ({ object, seen }: ServiceWorld, { target, entry: answering, needed }: Step): Scale[] => {
  const name = versionName(object, target)
  const live = seen.deployments.find(each => each.metadata.name === name)
  if (target === answering || !live || (live.spec?.replicas ?? 1) >= needed) return []
  return [{ apiVersion: 'apps/v1', kind: 'Deployment', name, replicas: needed }]
}

/** Adds what is said to what is done. */
const settle = (
  world: ServiceWorld,
  situation: Situation,
  done: Pick<Plan, 'apply' | 'hold' | 'scale' | 'reliesOn'>,
): Plan<InferenceServiceStatus> => {
  const image = isSettled(world, situation.entry, situation.traffic) ? serverImage(world) : situation.serverImage
  const said = status(world, { ...situation, serverImage: image })
  return { ...done, status: said, events: events(world, situation), requeueAfter: lookAgain(world, said, situation) }
}

const events = ({ object }: ServiceWorld, { entry: answering }: Situation): Happening[] => {
  const before = object.status?.entry
  if (answering === undefined || before === undefined || before === answering) return []
  return [{ type: 'Normal', reason: 'Switched', message: `clients moved from version ${before} to version ${answering}` }]
}

/** Pods that are starting are asked again soon; a service at rest sleeps until something moves. */
const lookAgain = (world: ServiceWorld, said: InferenceServiceStatus, { entry: answering }: Situation): number | undefined => {
  const starting = said.conditions?.some(each => ['Ready', 'RolloutHealthy'].includes(each.type) && each.status !== 'True')
  const hasPods = world.seen.pods.length > 0
  if (starting && hasPods) return LOOK_AGAIN_SECONDS
  const raised = answering === undefined ? 0 : raisedFor(world, answering)
  return raised > 0 ? raised : undefined
}
