// The life of the release: upgraded, uninstalled and installed again while a model serves; and the namespace goes in time.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { told } from '../cluster/auditlog.ts'
import { install, uninstall } from '../install/install.ts'
import { FLOWERS } from './example.ts'
import { namesOf } from './leftovers.ts'
import { settle, untilOneLeads } from './operator.ts'
import { serveIris } from './serving.ts'
import { failures, stream, summary } from './traffic.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('release')
const { kubectl, operator, audit, cluster, images, namespace } = world

beforeAll(() =>
  serveIris(world, ({ service }) => {
    service.spec.autoscaling = { min: 1, max: 1 }
  }),
)
beforeEach(() => tellOnFailure(world))

/** Predictions flow while `work` is done, and every one is answered. */
const whileServing = async (work: () => Promise<void>) => {
  const lane = { name: 'Ingress', url: cluster.ingressUrl ?? '', host: world.host('iris'), connections: 'kept' as const }
  const traffic = stream([lane], { perSecond: 10, body: FLOWERS.setosa })
  try {
    await work()
  } finally {
    await traffic.stop()
  }
  console.log(summary(traffic.answers))
  expect(failures(traffic.answers)).toEqual([])
}

const serverPods = () => namesOf(kubectl, ['pods'], 'tidegate.io/inferenceservice')

test('helm upgrade --wait brings a new operator, which writes nothing and restarts nobody', async () => {
  const pods = await serverPods()
  const mark = audit.mark()
  await whileServing(async () => {
    // A newer server image, too: services keep the one that they became ready with.
    await install(cluster, { images, set: { logLevel: 'debug', 'images.server.tag': 'newer' } })
    await untilOneLeads(world)
    await settle()
  })
  expect(await operator('get', 'deployment/tidegate', '-o', 'jsonpath={.status.readyReplicas}')).toBe('1')
  expect(told(await audit.operatorWritesSince(mark, namespace))).toBe('')
  expect(await serverPods()).toEqual(pods)
})

test('helm uninstall keeps the kinds and their objects, and the model serves on', async () => {
  const pods = await serverPods()
  await whileServing(async () => {
    await uninstall(cluster)
    await settle(3)
  })
  expect(await namesOf(operator, ['deployments', 'services', 'serviceaccounts'])).toEqual(['serviceaccount/default'])
  expect(await namesOf(kubectl, ['crds'])).toEqual(
    expect.arrayContaining(
      ['inferenceservices', 'models', 'modelversions', 'trainingjobs'].map(
        kind => `customresourcedefinition.apiextensions.k8s.io/${kind}.tidegate.io`,
      ),
    ),
  )
  expect(await namesOf(kubectl, ['tidegate'])).toHaveLength(4)
  expect(await serverPods()).toEqual(pods)
})

test('the operator that is installed again takes over as it finds it', async () => {
  const [job, service, pods] = [
    await kubectl.json<TrainingJob>('get', 'tj/iris'),
    await kubectl.json<InferenceService>('get', 'isvc/iris'),
    await serverPods(),
  ]
  const mark = audit.mark()
  await whileServing(async () => {
    await install(cluster, { images })
    await untilOneLeads(world)
    await settle()
  })
  expect(told(await audit.operatorWritesSince(mark, namespace))).toBe('')
  expect((await kubectl.json<TrainingJob>('get', 'tj/iris')).status).toEqual(job.status)
  expect((await kubectl.json<InferenceService>('get', 'isvc/iris')).status).toEqual(service.status)
  expect(await serverPods()).toEqual(pods)
})

test('of two operators both are ready, one works, and the other follows it within seconds', async () => {
  await install(cluster, { images, set: { replicas: 2 } })
  const first = await untilOneLeads(world)
  const began = Date.now()
  await operator('delete', 'pod', first, '--wait=false')
  await untilOneLeads(world, first)
  console.log(`the other operator led ${(Date.now() - began) / 1000} s after the first was told to end`)
  await kubectl('patch', 'isvc/iris', '--type=merge', '-p', JSON.stringify({ spec: { autoscaling: { max: 5 } } }))
  const most = () => kubectl('get', 'hpa', 'iris-v1', '-o', 'jsonpath={.spec.maxReplicas}')
  await until(most, number => number === '5', { within: 30, what: 'it acts on a change' })
  await install(cluster, { images })
})

test('kubectl delete namespace ends within 60 seconds while a model serves', async () => {
  const began = Date.now()
  await kubectl('delete', 'namespace', namespace, '--wait=true', '--timeout=60s')
  console.log(`the namespace was gone after ${(Date.now() - began) / 1000} s`)
  const volumes = () => kubectl('get', 'persistentvolumes', '-o', 'jsonpath={.items[*].spec.claimRef.namespace}')
  await until(volumes, namespaces => !namespaces.includes(namespace), { within: 30, what: 'its volumes are gone' })
})
