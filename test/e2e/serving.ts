// Trains the first version of the iris model and puts a service in front of it: what most tests begin with.
import type { Model } from '../../operator/api/model.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { untilReady } from './conditions.ts'
import { type Example, example, FLOWERS } from './example.ts'
import { until } from './until.ts'
import type { World } from './world.ts'

/** The iris example on its way in this world, under a host of its own. */
export const irisOf = (world: World): Example => {
  const iris = example('iris')
  iris.service.spec.ingress = { host: world.host('iris') }
  return iris
}

/** Applies all three objects and comes back when predictions are answered. */
export const serveIris = async (world: World, change: (iris: Example) => void = () => undefined): Promise<Example> => {
  const iris = irisOf(world)
  change(iris)
  await world.kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [iris.trainingJob, iris.model, iris.service] })
  await untilReady(world.kubectl, 'trainingjob/iris', 120)
  await untilReady(world.kubectl, 'inferenceservice/iris', 60)
  await untilAnswered(world, '1')
  return iris
}

/** Waits until this version answers through the Ingress. */
export const untilAnswered = (world: World, version: string, within = 30) =>
  until(
    () => world.ingress.predict(world.host('iris'), FLOWERS.setosa),
    reply => reply.status === 200 && reply.json().model_version === version,
    { within, what: `version ${version} answers at ${world.host('iris')}` },
  )

interface ServedVersion {
  service: string
  version: string
}

/** Pods that serve this version of this service, one name a line. */
export const podsServing = ({ kubectl }: World, { service, version }: ServedVersion): Promise<string> =>
  kubectl('get', 'pods', '--selector', `tidegate.io/inferenceservice=${service},tidegate.io/version=${version}`, '-o', 'name')

/** Waits until no pod serves this version any more. */
export const untilPodsGone = (world: World, served: ServedVersion, within = 60) =>
  until(
    () => podsServing(world, served),
    names => names === '',
    { within, what: `the pods of version ${served.version} are gone`, pause: 1000 },
  )

/** Trains once more, as the job is now, and comes back when the version of that run is registered. */
export const trainAgain = async (world: World, trainingJob: Example['trainingJob'], version: string): Promise<TrainingJob> => {
  await world.kubectl.apply(trainingJob)
  return await until(
    () => world.kubectl.json<TrainingJob>('get', 'trainingjob/iris'),
    job => job.status?.version === version,
    { within: 90, what: `a run registers ${version}` },
  )
}

/** When a version entered a stage. */
export const promotedAt = async (world: World, version: number, stage = 'Production'): Promise<number> => {
  const { status } = await world.kubectl.json<Model>('get', 'model/iris')
  const move = status?.history?.find(each => each.version === version && each.to === stage)
  if (!move) throw new Error(`version ${version} never entered ${stage}: ${JSON.stringify(status?.history)}`)
  return Date.parse(move.at)
}
