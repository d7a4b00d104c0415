// What clients and bundles get wrong: each bad request is answered with its field, and no bad bundle ever takes over.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Condition } from '../../operator/api/conditions.ts'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { onClaim } from './claimfile.ts'
import { conditionOf } from './conditions.ts'
import { type Example, FLOWERS } from './example.ts'
import { service, version } from './handmade.ts'
import { serveIris, trainAgain, untilAnswered } from './serving.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('badserving')
const { kubectl, ingress } = world
const HOST = world.host('iris')
const told: string[] = []
let iris: Example

const tell = (what: string, said: string): void => {
  told.push(`${what}\n         ${said.trim()}`)
}

const flower = FLOWERS.setosa
const { petal_width: _, ...incomplete } = flower
const { sepal_length, ...others } = flower

interface Refusal {
  what: string
  body: unknown
  field?: string
  says: RegExp
}

const refusals: Refusal[] = [
  { what: 'JSON that ends early', body: '{"features": [5.1, 3.5,', says: /JSON/ },
  {
    what: 'a list instead of an object',
    body: '[5.1, 3.5, 1.4, 0.2]',
    says: /body must be an object; got a list of 4\. Send \{"features"/,
  },
  { what: 'an empty object', body: {}, field: 'features', says: /features is missing\. Send \{"features":/ },
  { what: 'a text for features', body: { features: '5.1' }, field: 'features', says: /must be a list of values.*got "5\.1"/ },
  {
    what: 'three values for four',
    body: { features: [5.1, 3.5, 1.4] },
    field: 'features',
    says: /must have 4 values, in this order: sepal_length.*got 3/,
  },
  {
    what: 'a text for a number',
    body: { features: [5.1, 'wide', 1.4, 0.2] },
    field: 'sepal_width',
    says: /sepal_width must be a number.*got "wide"/,
  },
  { what: 'a column left out', body: incomplete, field: 'petal_width', says: /petal_width is missing: send a number/ },
  {
    what: 'a column misspelt',
    body: { sepal_lenght: sepal_length, ...others },
    field: 'sepal_lenght',
    says: /not a column of the model\. Did you mean sepal_length\?/,
  },
  {
    what: 'a negative length',
    body: { ...flower, petal_length: -1 },
    field: 'petal_length',
    says: /petal_length must be a number .*0; got -1/,
  },
  { what: 'a null', body: { ...flower, petal_length: null }, field: 'petal_length', says: /petal_length must be a number.*got null/ },
  {
    what: 'a number too large',
    body: { ...flower, sepal_width: 1e300 },
    field: 'sepal_width',
    says: /must fit a 32-bit float.*got 1e\+300/,
  },
  { what: 'no rows', body: { instances: [] }, field: 'instances', says: /instances is empty\. Send at least one row/ },
  {
    what: 'a bad row among good ones',
    body: { instances: [flower, incomplete] },
    field: 'petal_width',
    says: /instances\[1\]\.petal_width is missing/,
  },
  {
    what: 'a field beside features',
    body: { features: [5.1, 3.5, 1.4, 0.2], explain: true },
    field: 'explain',
    says: /"explain" may not stand beside features/,
  },
]

/** Changes the byte in the middle of a file. */
const FLIP = `
const fs = require('node:fs')
const [, file] = process.argv
const bytes = fs.readFileSync(file)
bytes[bytes.length >> 1] ^= 1
fs.writeFileSync(file, bytes)
console.log('flipped one bit of ' + file)
`

beforeAll(async () => {
  iris = await serveIris(world, ({ service: { spec } }) => {
    spec.traffic = [{ version: 1 }]
  })
}, 240_000)
afterAll(() => console.log(`what was said\n${told.join('\n')}`))
beforeEach(() => tellOnFailure(world))

describe('a bad request through the Ingress', () => {
  it.each(refusals)('$what is answered by 400 with what is wrong', async ({ what, body, field, says }) => {
    const reply = await ingress.predict(HOST, body)
    tell(what, `${reply.status} ${reply.body}`)
    const answer = reply.json<{ error: string; code: string; field?: string }>()
    expect(reply.status).toBe(400)
    expect(answer.error).toMatch(says)
    expect(answer.field).toBe(field)
  })

  it('of 5 MiB is answered by 413, and the next one is served', async () => {
    const reply = await ingress.predict(HOST, { instances: [{ note: 'x'.repeat(5 * 1024 * 1024) }] })
    tell('a body of 5 MiB', `${reply.status} ${reply.body}`)
    expect(reply.status).toBe(413)
    expect(reply.json<{ error: string }>().error).toMatch(/more than 4194304 bytes, the most that is accepted\. Send fewer rows/)
    expect((await ingress.predict(HOST, flower)).status).toBe(200)
  })
})

const untilSaid = (name: string, type: string, reason: Condition['reason']): Promise<Condition> =>
  until(
    async () => conditionOf(await kubectl.json<InferenceService>('get', `isvc/${name}`), type),
    (condition): condition is Condition => condition?.reason === reason,
    { within: 60, what: `${type} of isvc/${name} is ${reason}` },
  ).then(condition => condition as Condition)

describe('a bad bundle', () => {
  it('with one byte changed is refused, and the version before it keeps serving', async () => {
    iris.trainingJob.metadata.annotations = { 'tidegate.io/run-requested': 'once more' }
    await trainAgain(world, iris.trainingJob, 'iris-v2')
    const { spec } = await kubectl.json<ModelVersion>('get', 'modelversion/iris-v2')
    await onClaim(world, spec.artifact.claim, ['node', '-e', FLIP, `/claim/${spec.artifact.path}/model.onnx`])
    await kubectl.apply({ ...iris.service, spec: { ...iris.service.spec, traffic: [{ version: 2 }] } })
    const rollout = await untilSaid('iris', 'RolloutHealthy', 'LoadFailed')
    tell('one byte changed in model.onnx', `RolloutHealthy ${rollout.status} ${rollout.reason}: ${rollout.message}`)
    expect(rollout.message).toMatch(/version 2 will not load: DigestMismatch: .*; version 1 keeps serving/)
    expect(conditionOf(await kubectl.json<InferenceService>('get', 'isvc/iris'))).toMatchObject({ status: 'True', reason: 'Serving' })
    await untilAnswered(world, '1', 1)
    console.log(`$ kubectl get isvc\n${await kubectl('get', 'isvc')}`)
  })

  it.each([
    ['a wrong digest', 'wrongdigest', { digest: `sha256:${'0'.repeat(64)}` }, /version 1 will not load: DigestMismatch/],
    ['a folder that does not exist', 'nofolder', { path: 'iris/nowhere' }, /version 1 will not load: BundleMissing/],
    [
      'a folder that holds no bundle',
      'nobundle',
      { path: 'iris' },
      /version 1 will not load: (BundleRefused|ManifestInvalid|BundleMissing)/,
    ],
  ])('%s keeps a service from becoming ready, and it says why', async (what, name, change: { digest?: string; path?: string }, message) => {
    const { spec } = await kubectl.json<ModelVersion>('get', 'modelversion/iris-v1')
    const artifact = { claim: spec.artifact.claim, path: change.path ?? spec.artifact.path }
    await kubectl.apply(version(name, 1, { artifact, digest: change.digest ?? spec.digest }))
    await kubectl.apply(service(name, name))
    const ready = await untilSaid(name, 'Ready', 'LoadFailed')
    tell(what, `${ready.reason}: ${ready.message}`)
    expect(ready).toMatchObject({ status: 'False', message: expect.stringMatching(message) as string })
    expect(conditionOf(await kubectl.json<InferenceService>('get', `isvc/${name}`), 'Stalled')?.status).toBe('True')
  })
})
