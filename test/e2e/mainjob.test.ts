// The main job: three files applied, and the model that they describe answers behind the Ingress.
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { stages } from '../../operator/api/bundle.ts'
import { rowsOf } from './columns.ts'
import { untilReady } from './conditions.ts'
import { EXAMPLES, example, FLOWERS } from './example.ts'
import { largestDifference, predictionsOf } from './parity.ts'
import { moments, table } from './timeline.ts'
import { until } from './until.ts'
import { watch } from './watching.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('mainjob')
const { kubectl, ingress, audit } = world
const HOST = 'iris.localhost'
const LONGEST_SECONDS = 60

beforeAll(async () => {
  // An Ingress of an earlier namespace that is still going would answer in place of ours.
  await until(
    () => ingress.ask({ host: HOST, path: '/healthz' }),
    reply => reply.status === 404,
    { within: 60, what: `${HOST} is free` },
  )
})
beforeEach(() => tellOnFailure(world))

test('the example answers through the Ingress within 60 seconds of kubectl apply', async () => {
  const began = { mark: audit.mark(), at: Date.now() }
  await kubectl('apply', '-f', join(EXAMPLES, 'iris'))
  await until(
    () => ingress.predict(HOST, FLOWERS.setosa),
    reply => reply.status === 200,
    {
      within: 3 * LONGEST_SECONDS,
      what: 'the first 200',
      pause: 100,
    },
  )
  const answered = Date.now()
  console.log(table(await moments(world, began, answered)))
  expect((answered - began.at) / 1000).toBeLessThan(LONGEST_SECONDS)
})

test('kubectl wait comes back for each kind', async () => {
  await kubectl('wait', '--for=condition=Ready', 'tj/iris', 'mdl/iris', 'mv/iris-v1', 'isvc/iris', '--timeout=30s')
})

test('the columns of every kind show how it stands', async () => {
  const shown = async (kind: string) => {
    const printed = await kubectl('get', kind)
    console.log(`$ kubectl get ${kind}\n${printed}`)
    return rowsOf(printed)[0] ?? {}
  }
  expect(await shown('trainingjobs')).toMatchObject({
    NAME: 'iris',
    READY: 'True',
    REASON: 'Registered',
    PROGRESS: '100',
    VERSION: 'iris-v1',
    ACCURACY: expect.stringMatching(/^(1|0\.9\d*)$/) as string,
    MESSAGE: expect.stringMatching(/iris-v1/) as string,
  })
  expect(await shown('models')).toMatchObject({ NAME: 'iris', READY: 'True', PRODUCTION: '1', LAST: '1' })
  expect(await shown('modelversions')).toMatchObject({
    NAME: 'iris-v1',
    MODEL: 'iris',
    VERSION: '1',
    STAGE: 'Production',
    ACCURACY: expect.stringMatching(/^(1|0\.9\d*)$/) as string,
    F1: expect.stringMatching(/^(1|0\.9\d*)$/) as string,
    MESSAGE: 'holds Production',
  })
  expect(await shown('inferenceservices')).toMatchObject({
    NAME: 'iris',
    READY: 'True',
    REASON: 'Serving',
    URL: `http://${HOST}`,
    VERSION: '1',
    REPLICAS: '1',
    ROLLOUT: 'UpToDate',
  })
})

test('every pod was admitted by a namespace that enforces restricted, without a token and with a read-only root', async () => {
  interface Strict {
    spec: { automountServiceAccountToken?: boolean; containers: { name: string; securityContext?: { readOnlyRootFilesystem?: boolean } }[] }
  }
  const label = await kubectl(
    'get',
    'namespace',
    world.namespace,
    '-o',
    'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}',
  )
  const { items } = await kubectl.json<{ items: Strict[] }>('get', 'pods')
  expect(label).toBe('restricted')
  expect(items.flatMap(pod => pod.spec.containers.map(container => container.name)).toSorted()).toEqual(['server', 'trainer'])
  for (const { spec } of items) {
    expect(spec.automountServiceAccountToken).toBe(false)
    expect(spec.containers.map(container => container.securityContext?.readOnlyRootFilesystem)).toEqual([true])
  }
})

test('three species are predicted through the Ingress', async () => {
  for (const [species, flower] of Object.entries(FLOWERS)) {
    const reply = await ingress.predict(HOST, flower)
    expect(reply.json()).toMatchObject({ prediction: species, model_name: 'iris', model_version: '1' })
  }
})

test('the server answers as Python did on every test row', async () => {
  const rows = await predictionsOf(world, 'iris-v1')
  const answers = []
  for (const row of rows) answers.push((await ingress.predict(HOST, row.input)).json())
  const difference = largestDifference(rows, answers)
  console.log(`${rows.length} test rows; largest difference of a probability: ${difference}`)
  expect(rows).toHaveLength(30)
  expect(answers.map(answer => answer.prediction)).toEqual(rows.map(row => row.prediction))
  expect(difference).toBeLessThan(1e-6)
})

test('progress is seen moving in the columns of kubectl get', async () => {
  const forest = example('iris').trainingJob
  forest.metadata.name = 'forest'
  forest.spec.model = 'forest'
  forest.spec.candidates = [{ algorithm: 'randomForest', parameters: { n_estimators: 2000, random_state: 42 } }]
  await kubectl.apply(forest)
  const watching = watch(world, 'trainingjob', 'forest')
  await untilReady(kubectl, 'trainingjob/forest', 120)
  await until(
    () => watching.lines.at(-1) ?? '',
    line => /\s100\s/.test(line),
    { within: 30, what: 'the watch shows the end' },
  )
  await watching.stop()
  console.log(watching.lines.join('\n'))
  // The rows of a watch are not aligned with its head, so the two columns are found by what stands in them.
  const shown = new RegExp(`\\s(\\d{1,3})\\s+(${stages.join('|')})\\s`)
  const seen = watching.lines.map(line => shown.exec(line)).filter(found => found !== null)
  const percents = seen.map(([, percent]) => Number(percent))
  expect(new Set(seen.map(([, , stage]) => stage)).size).toBeGreaterThanOrEqual(2)
  expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  expect(percents.at(-1)).toBe(100)
})
