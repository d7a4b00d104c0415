// Gates that a Job judges, on a real cluster: parity, smoke, latency, size, signature, overfit, and the comparison with the holder.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Gate } from '../../operator/api/gate.ts'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { conditionOf } from './conditions.ts'
import { example } from './example.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('gates')
const { kubectl } = world

const gates: Gate[] = [
  { metric: 'accuracy', versus: 'holder', margin: 0.2 },
  { check: 'parity' },
  { check: 'smoke' },
  { check: 'signature' },
  { check: 'latency', quantile: 0.95, atMost: 500 },
  { check: 'size', atMost: 20_000_000 },
  { check: 'overfit', metric: 'accuracy', atMost: 0.2 },
]

const model = { ...example().model, spec: { stages: [{ name: 'Production', gates }] } }

/** Another seed of the model, the same rows. */
const training = (parameters: Record<string, number>) => {
  const { trainingJob } = example()
  return { ...trainingJob, spec: { ...trainingJob.spec, candidates: [{ algorithm: 'randomForest' as const, parameters }] } }
}

const judged = (number: number) =>
  until(
    () => kubectl.json<ModelVersion>('get', `mv/iris-v${number}`),
    // What was found out is written down first, and moves the version a moment later.
    version => ['TopOfLadder', 'GatesFailed'].includes(conditionOf(version)?.reason ?? ''),
    { within: 90, what: `iris-v${number} is judged` },
  )

const told = ({ status }: ModelVersion) => (status?.gates ?? []).map(({ verdict, name, message }) => `${verdict} ${name}: ${message}`)

beforeAll(async () => {
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [model, training({ n_estimators: 20 })] })
})
beforeEach(() => tellOnFailure(world))

test('the first version passes every check in the real image, and has nobody to be compared with', async () => {
  const version = await judged(1)
  console.log(told(version).join('\n'))
  expect(version.status?.gates?.map(({ verdict }) => verdict)).toEqual(gates.map(() => 'Pass'))
  expect(version.status?.stage).toBe('Production')
  const [move] = (await kubectl.json<Model>('get', 'mdl/iris')).status?.history ?? []
  expect(move?.gateRun).toBe(version.status?.measured?.[0]?.gateRun)
})

test('a second version is compared with the first on the same rows, and takes its place', async () => {
  await kubectl.apply(training({ n_estimators: 25 }))
  const version = await judged(2)
  console.log(told(version).join('\n'))
  expect(version.status).toMatchObject({ stage: 'Production', measured: [{ holder: 1, testRows: { rows: 30 } }] })
  expect(told(version)[0]).toContain('of v1 on 30 rows')
})

test('a version that is worse stays out, and its line says by how much', async () => {
  await kubectl.apply(training({ n_estimators: 1, max_depth: 1 }))
  const version = await judged(3)
  console.log(told(version).join('\n'))
  expect(version.status?.stage).toBe('None')
  expect(conditionOf(version)).toMatchObject({ reason: 'GatesFailed' })
  expect(conditionOf(version)?.message).toMatch(/^not in Production: accuracy 0\.\d+ vs 0\.9\d* of v2 on 30 rows: .*(Worse|Inconclusive)/)
})
