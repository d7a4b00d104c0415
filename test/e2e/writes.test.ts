// How often the operator writes, counted by the API server: a few times when something changes, never when nothing does.
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import { told } from '../cluster/auditlog.ts'
import { conditionOf, isReady, untilReady } from './conditions.ts'
import { type Example, FLOWERS } from './example.ts'
import { restartOperator, settle } from './operator.ts'
import { irisOf } from './serving.ts'
import { failures, stream, summary } from './traffic.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('writes')
const { kubectl, audit, cluster, namespace } = world
const iris = irisOf(world)

const TRAINING_WRITES = 5
const SERVICE_WRITES = 10
const SERVICES = Number(process.env['TIDEGATE_SERVICES'] ?? 50)
const REST_SECONDS = 60

beforeEach(() => tellOnFailure(world))

/** What the operator wrote while `work` was done, one line each, in this namespace. */
const writesDuring = async (work: () => Promise<unknown>) => {
  const mark = audit.mark()
  await work()
  return await audit.operatorWritesSince(mark, namespace)
}

test('the first pass of a TrainingJob takes at most 5 writes', async () => {
  await kubectl.apply(iris.model)
  await untilReady(kubectl, 'model/iris')
  const writes = await writesDuring(async () => {
    await kubectl.apply(iris.trainingJob)
    await untilReady(kubectl, 'trainingjob/iris', 120)
    await settle(3)
  })
  // It has both a status and a Job at its end, whichever comes first.
  const ends = ['jobs', 'trainingjobs/status'].map(resource => writes.findIndex(write => write.resource === resource))
  const first = writes.slice(0, Math.max(...ends) + 1)
  console.log(
    `first pass, ${first.length} writes:\n${told(first)}\nthe whole run, ${writes.length} writes:\n${told(writes.slice(first.length))}`,
  )
  expect(first.length).toBeGreaterThan(0)
  expect(first.length).toBeLessThanOrEqual(TRAINING_WRITES)
})

test('an InferenceService takes at most 10 writes until it is Ready', async () => {
  const writes = await writesDuring(async () => {
    await kubectl.apply(iris.service)
    await untilReady(kubectl, 'inferenceservice/iris', 60)
    await settle(3)
  })
  console.log(`${writes.length} writes:\n${told(writes)}`)
  expect(writes.length).toBeGreaterThan(0)
  // docs/decisions/0010: the version is told once who serves it.
  const own = writes.filter(({ resource }) => resource !== 'modelversions/status')
  expect(own.length).toBeLessThanOrEqual(SERVICE_WRITES)
  expect(writes.length - own.length).toBeLessThanOrEqual(1)
})

test('a second pass over what is as it should be writes nothing', async () => {
  const objects = ['trainingjob/iris', 'model/iris', 'modelversion/iris-v1', 'inferenceservice/iris']
  const children = [
    'job/iris-run-1',
    'deployment/iris-v1',
    'service/iris',
    'service/iris-v1',
    'ingress/iris',
    'horizontalpodautoscaler/iris-v1',
  ]
  const writes = await writesDuring(async () => {
    await kubectl('annotate', ...objects, ...children, 'example.org/note=somebody-was-here')
    await kubectl('label', ...objects, ...children, 'example.org/team=a')
    await settle()
  })
  expect(told(writes)).toBe('')
})

const manyServices = (): Example['service'][] =>
  Array.from({ length: SERVICES }, (_, index) => ({
    ...iris.service,
    metadata: { name: `many-${index + 1}` },
    spec: {
      model: 'iris',
      traffic: [{ version: 1 }],
      autoscaling: { min: 1, max: 1 },
      server: { resources: { requests: { cpu: '10m', memory: '64Mi' } } },
      ingress: { host: world.host(`many-${index + 1}`) },
    },
  }))

const unready = async () => {
  const { items } = await kubectl.json<{ items: InferenceService[] }>('get', 'inferenceservices')
  return items.filter(service => !isReady(service)).map(service => `${service.metadata.name}: ${conditionOf(service)?.message}`)
}

test(`${SERVICES} services at rest are not written to for ${REST_SECONDS} seconds`, { timeout: 900_000 }, async () => {
  const began = Date.now()
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: manyServices() })
  const patience = { within: 480, what: `all ${SERVICES} services are Ready`, pause: 1000 }
  await until(unready, missing => missing.length === 0, patience)
  console.log(`${SERVICES} services Ready after ${Math.round((Date.now() - began) / 1000)} s`)
  await until(
    async () => told(await writesDuring(() => settle())),
    writes => writes === '',
    { within: 120, what: 'the operator has said everything' },
  )
  expect(told(await writesDuring(() => sleep(REST_SECONDS * 1000)))).toBe('')
})

test('live traffic makes the operator write nothing', async () => {
  const lanes = manyServices().map(({ metadata }) => ({
    name: metadata.name,
    url: cluster.ingressUrl ?? '',
    host: world.host(metadata.name),
    connections: 'fresh' as const,
  }))
  const writes = await writesDuring(async () => {
    const traffic = stream(lanes, { perSecond: 1, body: FLOWERS.virginica })
    await sleep(15_000)
    await traffic.stop()
    console.log(summary(traffic.answers.map(answer => ({ ...answer, lane: `${lanes.length} services` }))))
    expect(failures(traffic.answers)).toEqual([])
  })
  expect(told(writes)).toBe('')
})

test('an operator that was restarted writes nothing', async () => {
  const writes = await writesDuring(async () => {
    await restartOperator(world)
    await settle()
  })
  expect(told(writes)).toBe('')
})
