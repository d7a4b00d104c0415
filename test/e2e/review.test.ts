// A version waits for a person who is not its author, is let in by her word, and goes back by another word.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Decision } from '../../operator/api/decision.ts'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { conditionOf, isReady } from './conditions.ts'
import { type Example, example, FLOWERS } from './example.ts'
import { makePerson, type Person } from './person.ts'
import { untilPodsGone } from './serving.ts'
import { failures, stream, summary } from './traffic.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('review')
const host = world.host('flowers')

let ann: Person
let rita: Person
let flowers: Example

beforeAll(async () => {
  ann = await makePerson(world, 'ann', ['edit'])
  rita = await makePerson(world, 'rita', ['edit', 'tidegate-approver'])
  flowers = example('review')
  // The weekend of the example may be today.
  for (const stage of flowers.model.spec.stages ?? []) delete stage.freeze
  flowers.service.spec.ingress = { host }
  flowers.service.spec.autoscaling = { min: 1, max: 1 }
})
beforeEach(() => tellOnFailure(world))

const untilWaiting = (name: string) =>
  until(
    () => world.kubectl.json<ModelVersion>('get', `modelversion/${name}`),
    seen => conditionOf(seen)?.reason === 'AwaitingApproval',
    { within: 120, what: `${name} waits for approval` },
  )

const untilAnswers = (version: string) =>
  until(
    () => world.ingress.predict(host, FLOWERS.setosa),
    reply => reply.status === 200 && reply.json().model_version === version,
    { within: 60, what: `version ${version} answers at ${host}` },
  )

test('a version climbs to Staging by itself, says that it waits for approval, and knows its author', async () => {
  await ann.kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [flowers.model, flowers.trainingJob, flowers.service] })
  await until(
    () => world.kubectl('get', 'modelversions', '-o', 'name'),
    names => names.includes('flowers-v1'),
    { within: 120, what: 'flowers-v1 is registered' },
  )
  const version = await untilWaiting('flowers-v1')
  console.log(await ann.kubectl('get', 'modelversions'))
  expect(conditionOf(version)?.message).toMatch(/^holds Staging; waits for approval for Production: 0 of 1; gate run [0-9a-f]{12}$/)
  expect(version.metadata.annotations).toMatchObject({ 'tidegate.io/submitted-by': 'ann' })
})

test('who has no right to approve is told so by the API server, and so is who speaks for somebody else', async () => {
  const refused = await ann.tidegate('approve', 'flowers-v1')
  console.log(refused.said)
  expect(refused.code).toBe(1)
  expect(refused.said).toContain('the verb approve on models/Production')
  const { spec, status } = await untilWaiting('flowers-v1')
  const forged = {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'Decision',
    metadata: { generateName: 'forged-' },
    spec: {
      action: 'Approve',
      model: 'flowers',
      stage: 'Production',
      version: 1,
      digest: spec.digest,
      gateRun: status?.gateRun,
      by: 'ann',
    },
  }
  const answer = await rita.kubectl.attempt(['create', '-f', '-'], JSON.stringify(forged))
  console.log(answer.said)
  expect(answer.said).toContain('spec.by is ann, but the request is made by rita')
})

test('the author cannot approve, whatever rights she has', async () => {
  await world.kubectl('create', 'rolebinding', 'ann-approver', '--clusterrole=tidegate-approver', '--user=ann')
  const answer = await until(
    () => ann.tidegate('approve', 'flowers-v1'),
    ({ said }) => !said.includes('the verb approve'),
    { within: 20, what: 'the role of ann holds', pause: 500 },
  )
  console.log(answer.said)
  expect(answer.code).toBe(1)
  expect(answer.said).toContain('ann submitted the training of version 1')
  expect(await world.kubectl.json<Model>('get', 'model/flowers')).toMatchObject({ status: { holders: { Staging: 1 } } })
})

test('another person approves: the version enters Production, is served, and the history tells by whose word', async () => {
  const answer = await rita.tidegate('approve', 'flowers-v1', '--reason', 'report read, no objections')
  console.log(answer.printed)
  expect(answer).toMatchObject({ code: 0 })
  await untilAnswers('1')
  const { status } = await world.kubectl.json<Model>('get', 'model/flowers')
  expect(status?.holders).toEqual({ Production: 1 })
  expect(status?.history?.[0]?.reason).toMatch(/^approved by rita; accuracy/)
  const [name = ''] = status?.history?.[0]?.decisions ?? []
  expect(await world.kubectl.json<Decision>('get', `decision/${name}`)).toMatchObject({
    spec: { by: 'rita' },
    status: { outcome: 'Applied' },
  })
})

test('an open stage is closed by a freeze, and the version says until when', async () => {
  const freeze = [{ cron: '* * * * *', duration: '1h' }]
  const frozen = flowers.model.spec.stages?.map(stage => (stage.name === 'Production' ? { ...stage, freeze } : stage))
  await ann.kubectl.apply({ ...flowers.model, spec: { stages: frozen ?? [] } })
  flowers.trainingJob.spec.candidates = [{ algorithm: 'logisticRegression', parameters: { C: 0.5, max_iter: 200 } }]
  await ann.kubectl.apply(flowers.trainingJob)
  const version = await until(
    () => world.kubectl.attempt(['get', 'modelversion/flowers-v2', '-o', 'json']),
    ({ code, printed }) => code === 0 && conditionOf(JSON.parse(printed) as ModelVersion)?.reason === 'Frozen',
    { within: 120, what: 'flowers-v2 finds Production frozen' },
  )
  expect(conditionOf(JSON.parse(version.printed) as ModelVersion)?.message).toMatch(/^holds Staging; Production is frozen until 20/)
  await ann.kubectl.apply(flowers.model)
  await untilWaiting('flowers-v2')
})

test('a rollback brings the version before back under traffic, loses no request, and holds', async () => {
  expect(await rita.tidegate('approve', 'flowers-v2')).toMatchObject({ code: 0 })
  await untilAnswers('2')
  await untilPodsGone(world, { service: 'flowers', version: '1' })
  const address = await world.kubectl('get', 'service', 'flowers', '-o', 'jsonpath={.spec.clusterIP}')
  const lanes = [
    { name: 'Ingress', url: world.cluster.ingressUrl ?? '', host, connections: 'kept' as const },
    { name: 'ClusterIP', url: `http://${address}`, connections: 'kept' as const },
  ]
  const traffic = stream(lanes, { perSecond: 25, body: FLOWERS.setosa })
  let commanded = 0
  try {
    await until(
      () => traffic.answers.length,
      count => count > 50,
      { within: 10, what: 'traffic flows' },
    )
    commanded = Date.now()
    const answer = await rita.tidegate('rollback', 'flowers', '--reason', 'complaints')
    console.log(answer.printed)
    expect(answer).toMatchObject({ code: 0 })
    await untilAnswers('1')
    // Who keeps a connection leaves when the pod does.
    await untilPodsGone(world, { service: 'flowers', version: '2' })
    const then = traffic.answers.length
    await until(
      () => traffic.answers.length - then,
      count => count > 150,
      { within: 20, what: 'traffic still flows' },
    )
  } finally {
    await traffic.stop()
  }
  const timesOf = (wanted: string) => traffic.answers.filter(({ version }) => version === wanted).map(({ at }) => at)
  const [first, last] = [Math.min(...timesOf('1')), Math.max(...timesOf('2'))]
  console.log(`${summary(traffic.answers)}\nlast answer of version 2: ${((last - commanded) / 1000).toFixed(1)} s after the command`)
  expect(failures(traffic.answers)).toEqual([])
  expect(traffic.answers.at(-1)?.version).toBe('1')
  // How long a pod takes to start is the machine's.
  expect(last - first).toBeLessThan(10_000)
  const { status } = await world.kubectl.json<Model>('get', 'model/flowers')
  expect(status).toMatchObject({
    holders: { Production: 1 },
    holds: [{ stage: 'Production', by: 'rita', reason: 'complaints' }],
    archived: [2],
  })
})

test('the history answers who held Production at a time, and a version that is served cannot be deleted', async () => {
  const moves = await ann.tidegate('history', 'flowers')
  console.log(moves.printed)
  expect(moves.printed).toContain('rita')
  const then = await ann.tidegate('history', 'flowers', '--at', new Date().toISOString())
  expect(then).toMatchObject({ code: 0, printed: expect.stringMatching(/Production\s+v1/) })
  const kept = await rita.kubectl.attempt(['delete', 'modelversion/flowers-v1'])
  console.log(kept.said)
  expect(kept.code).not.toBe(0)
  expect(kept.said).toContain('flowers-v1 holds Production')
  await until(
    () => world.kubectl.json<InferenceService>('get', 'inferenceservice/flowers'),
    seen => isReady(seen) && seen.status?.entry === 1,
    { within: 60, what: 'the service says that version 1 answers' },
  )
})
