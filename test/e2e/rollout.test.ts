// Versions come and go under traffic: a worse one waits, a better one takes over, a broken one changes nothing.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { Deployment } from '../../operator/plan/observed.ts'
import { conditionOf, isReady, untilReady } from './conditions.ts'
import { type Example, FLOWERS } from './example.ts'
import { podsServing, promotedAt, serveIris, trainAgain, untilAnswered, untilPodsGone } from './serving.ts'
import { type Answer, failures, type Lane, stream, summary } from './traffic.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('rollout')
const { kubectl, cluster } = world
const host = world.host('iris')

/** More than one, so that a change of version must bring up as many before it moves the clients. */
const PODS = 2

let iris: Example
let lanes: Lane[]

beforeAll(async () => {
  iris = await serveIris(world, ({ trainingJob, service }) => {
    service.spec.autoscaling = { min: PODS, max: PODS }
    trainingJob.spec.candidates = [{ algorithm: 'logisticRegression', parameters: { C: 0.3, max_iter: 200 } }]
  })
  const address = await kubectl('get', 'service', 'iris', '-o', 'jsonpath={.spec.clusterIP}')
  const [outside, inside] = [cluster.ingressUrl ?? '', `http://${address}`]
  lanes = [
    { name: 'Ingress, short-lived', url: outside, host, connections: 'fresh' },
    { name: 'Ingress, long-lived', url: outside, host, connections: 'kept' },
    { name: 'ClusterIP, short-lived', url: inside, connections: 'fresh' },
    { name: 'ClusterIP, long-lived', url: inside, connections: 'kept' },
  ]
})
beforeEach(() => tellOnFailure(world))

const untilPods = (version: string, count: number) =>
  until(
    () => kubectl.json<Deployment>('get', `deployment/iris-v${version}`),
    seen => seen.status?.readyReplicas === count && seen.status.replicas === count,
    { within: 60, what: `version ${version} has ${count} ready pods` },
  )

/** 50 requests a second over all lanes together while `work` is done and a moment before and after it. */
const underTraffic = async (work: () => Promise<void>): Promise<Answer[]> => {
  const traffic = stream(lanes, { perSecond: 50 / lanes.length, body: FLOWERS.setosa })
  try {
    await until(
      () => traffic.answers.length,
      count => count > 50,
      { within: 10, what: 'traffic flows' },
    )
    await work()
    const then = traffic.answers.length
    await until(
      () => traffic.answers.length - then,
      count => count > 100,
      { within: 10, what: 'traffic still flows' },
    )
  } finally {
    await traffic.stop()
  }
  console.log(summary(traffic.answers))
  return traffic.answers
}

test('a worse run stays where it is and says by how much it missed, while the old version serves', async () => {
  iris.trainingJob.spec.data = { ...iris.trainingJob.spec.data, columns: ['sepal_width'] }
  await trainAgain(world, iris.trainingJob, 'iris-v2')
  const worse = await untilReady<ModelVersion>(kubectl, 'modelversion/iris-v2')
  console.log(await kubectl('get', 'modelversions'))
  expect(worse.status?.stage).toBe('None')
  expect(conditionOf(worse)).toMatchObject({ reason: 'GatesFailed' })
  expect(conditionOf(worse)?.message).toMatch(/^not in Staging: accuracy 0\.\d+ < 0\.85 \(95% CI 0\.\d+–0\.\d+\)/)
  expect(await kubectl.json<Model>('get', 'model/iris')).toMatchObject({ status: { holders: { Production: 1 } } })
  await untilAnswered(world, '1')
})

test('a pod that is deleted under 50 requests a second loses none of them', async () => {
  await untilPods('1', PODS)
  const answers = await underTraffic(async () => {
    const [pod = ''] = (await podsServing(world, { service: 'iris', version: '1' })).split('\n')
    await kubectl('delete', pod, '--wait=true')
    await untilPods('1', PODS)
  })
  expect(failures(answers)).toEqual([])
})

test('a better run replaces Production under 50 requests a second without one answer lost', async () => {
  iris.trainingJob.spec.data = { ...iris.trainingJob.spec.data, columns: ['sepal_length', 'sepal_width', 'petal_length', 'petal_width'] }
  iris.trainingJob.spec.candidates = [{ algorithm: 'logisticRegression', parameters: { C: 1, max_iter: 200 } }]
  const answers = await underTraffic(async () => {
    await trainAgain(world, iris.trainingJob, 'iris-v3')
    await untilAnswered(world, '3', 60)
    await untilPodsGone(world, { service: 'iris', version: '1' }, 40)
  })
  const promoted = await promotedAt(world, 3)
  const last = Math.max(...answers.filter(answer => answer.version === '1').map(answer => answer.at))
  console.log(`${answers.length} answers; last answer of version 1: ${(last - promoted) / 1000} s after the promotion of version 3`)
  expect(failures(answers)).toEqual([])
  expect(new Set(answers.map(answer => answer.version))).toEqual(new Set(['1', '3']))
  expect(new Set(answers.filter(answer => answer.at > last).map(answer => answer.lane))).toEqual(new Set(lanes.map(lane => lane.name)))
  const first = Math.min(...answers.filter(answer => answer.version === '3').map(answer => answer.at))
  // How long its pods take to start is the machine's.
  expect((last - first) / 1000).toBeLessThan(10)
  await untilPods('3', PODS)
})

test('a version that will not load leaves the old one serving, and the service says so', async () => {
  const good = await kubectl.json<ModelVersion>('get', 'modelversion/iris-v3')
  const broken = { ...good.spec, version: 4, artifact: { ...good.spec.artifact, path: 'iris/there-is-no-such-bundle' } }
  const answers = await underTraffic(async () => {
    await kubectl.apply({ apiVersion: good.apiVersion, kind: good.kind, metadata: { name: 'iris-v4' }, spec: broken })
    const service = await until(
      () => kubectl.json<InferenceService>('get', 'inferenceservice/iris'),
      seen => conditionOf(seen, 'RolloutHealthy')?.reason === 'LoadFailed',
      { within: 60, what: 'the service says that version 4 will not load' },
    )
    console.log(await kubectl('get', 'inferenceservices'))
    expect(conditionOf(service, 'RolloutHealthy')).toMatchObject({ status: 'False' })
    expect(conditionOf(service, 'RolloutHealthy')?.message).toMatch(/version 4 will not load: BundleMissing.*version 3 keeps serving/)
    expect(conditionOf(service, 'Stalled')).toMatchObject({ status: 'True', reason: 'LoadFailed' })
    expect(conditionOf(service)).toMatchObject({ status: 'True' })
    expect(service.status?.entry).toBe(3)
  })
  expect(failures(answers)).toEqual([])
  expect(new Set(answers.map(answer => answer.version))).toEqual(new Set(['3']))
})

test('the next good version takes over from there', async () => {
  iris.trainingJob.spec.candidates = [{ algorithm: 'logisticRegression', parameters: { C: 2, max_iter: 200 } }]
  await trainAgain(world, iris.trainingJob, 'iris-v5')
  await untilAnswered(world, '5', 60)
  // The clients move first; what the service says of it follows.
  const service = await until(
    () => kubectl.json<InferenceService>('get', 'inferenceservice/iris'),
    seen => isReady(seen) && conditionOf(seen, 'RolloutHealthy')?.status === 'True',
    { within: 60, what: 'version 5 is rolled out' },
  )
  expect(conditionOf(service, 'RolloutHealthy')).toMatchObject({ reason: 'UpToDate' })
  expect(conditionOf(service, 'Stalled')).toBeUndefined()
})
