// Retention on a real cluster: a version that nobody needs goes, with its folder on the claim, and one that is served stays until it is not.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { onClaim } from './claimfile.ts'
import { example } from './example.ts'
import { service } from './handmade.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('retention')
const { kubectl } = world

const model = { ...example().model, spec: { stages: [{ name: 'Production' }], retention: { keep: 1 } } }

/** Other parameters are another run. */
const training = (trees: number) => {
  const { trainingJob } = example()
  const candidates = [{ algorithm: 'randomForest' as const, parameters: { n_estimators: trees } }]
  return { ...trainingJob, spec: { ...trainingJob.spec, candidates } }
}

const trained = async (trees: number, number: number): Promise<ModelVersion> => {
  await kubectl.apply(training(trees))
  return until(
    async () => (await kubectl.json<{ items: ModelVersion[] }>('get', 'mv')).items.find(({ spec }) => spec.version === number),
    version => version?.status?.stage === 'Production',
    { within: 120, what: `iris-v${number} holds Production` },
  ) as Promise<ModelVersion>
}

const names = async () => (await kubectl('get', 'mv', '-o', 'name')).trim().split('\n').toSorted()

beforeAll(async () => {
  await kubectl.apply(model)
})
beforeEach(() => tellOnFailure(world))

test('a version that is served stays, whatever its age, and its line says who serves it', async () => {
  await trained(5, 1)
  await kubectl.apply(service('old', 'iris'))
  await until(
    () => kubectl.json<ModelVersion>('get', 'mv/iris-v1'),
    ({ status }) => status?.servedBy?.includes('old') === true,
    { within: 60, what: 'iris-v1 is served by old' },
  )
  await trained(6, 2)
  await trained(7, 3)
  expect(await names()).toEqual([1, 2, 3].map(number => `modelversion.tidegate.io/iris-v${number}`))
  expect((await kubectl.json<Model>('get', 'mdl/iris')).status?.retired).toEqual([])
})

test('when nobody serves it any more, a Job removes its bundle, and then the version goes', async () => {
  const first = await kubectl.json<ModelVersion>('get', 'mv/iris-v1')
  await kubectl('delete', 'isvc/old')
  const { status } = await until(
    () => kubectl.json<Model>('get', 'mdl/iris'),
    ({ status: { retention, retired } = {} }) => retention?.removed === 1 && retired?.length === 0,
    { within: 120, what: 'iris-v1 is removed' },
  )
  console.log(status?.retention?.message)
  expect(status?.retention?.freedBytes).toBeGreaterThan(1000)
  // The newest, and the one that a rollback would go to.
  expect(await names()).toEqual([2, 3].map(number => `modelversion.tidegate.io/iris-v${number}`))
  const { claim, path } = first.spec.artifact
  const left = (await onClaim(world, claim, ['ls', '-A', '/claim/iris'])).trim().split('\n')
  expect(left).toHaveLength(2)
  expect(left).not.toContain(path.split('/').at(-1))
})

test('a run tells how full its claim is', async () => {
  const { status } = await kubectl.json<TrainingJob>('get', 'tj/iris')
  expect(status?.storage?.freeBytes).toBeLessThanOrEqual(status?.storage?.sizeBytes ?? 0)
  expect(status?.conditions?.find(({ type }) => type === 'StorageHealthy')).toBeDefined()
})
