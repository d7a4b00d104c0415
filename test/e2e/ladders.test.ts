// The ladders of examples/ladders, each with its own data and its own rules, on a real cluster.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { manifests } from '../documents.ts'
import { conditionOf } from './conditions.ts'
import { EXAMPLES, example, type Manifest } from './example.ts'
import { makePerson, type Person } from './person.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('ladders')
const { kubectl } = world
let rita: Person

const read = (folder: string, file: string): Manifest =>
  manifests(readFileSync(join(EXAMPLES, 'ladders', folder, `${file}.yaml`), 'utf8'))[0] as unknown as Manifest

/** As the example trains it, or with other parameters. */
const training = (folder: string, candidates?: object[]): Manifest => {
  const job = read(folder, 'trainingjob')
  return candidates ? { ...job, spec: { ...(job.spec as object), candidates } } : job
}

const forest = (parameters: Record<string, number>) => [{ algorithm: 'randomForest', parameters: { random_state: 42, ...parameters } }]
const regression = (parameters: Record<string, number>) => [{ algorithm: 'logisticRegression', parameters }]

const list = (...items: unknown[]) => ({ apiVersion: 'v1', kind: 'List', items })

beforeAll(async () => {
  rita = await makePerson(world, 'rita', ['edit', 'tidegate-approver'])
})
beforeEach(() => tellOnFailure(world))

const untilSays = async (name: string, reasons: readonly string[]): Promise<ModelVersion> => {
  const version = await until(
    () => kubectl.json<ModelVersion>('get', `mv/${name}`),
    seen => reasons.includes(conditionOf(seen)?.reason ?? ''),
    { within: 120, what: `${name} says ${reasons.join(' or ')}` },
  )
  console.log(`${name}: ${version.status?.stage}: ${conditionOf(version)?.message}`)
  return version
}

const holders = async (model: string) => (await kubectl.json<Model>('get', `mdl/${model}`)).status?.holders

const metric = ({ spec }: ModelVersion, name: string) => spec.evaluation?.metrics.find(each => each.name === name)?.value ?? Number.NaN

test('breast cancer passes F1, accuracy and ROC AUC by itself, and waits for a person', async () => {
  await kubectl.apply(list(read('breast-cancer', 'model'), training('breast-cancer')))
  const version = await untilSays('tumours-v1', ['AwaitingApproval', 'AuthorUnverified', 'GatesFailed'])
  expect(version.status?.stage).toBe('Staging')
  expect([metric(version, 'f1') >= 0.8, metric(version, 'accuracy') >= 0.85, metric(version, 'roc_auc') >= 0.9]).toEqual([true, true, true])
  const answer = await rita.tidegate('approve', 'tumours-v1', '--reason', 'report read')
  expect(answer).toMatchObject({ code: 0 })
  expect(await holders('tumours')).toEqual({ Production: 1 })
})

test('migraine diaries: the model stays below what their generator allows, without overfitting, and passes', async () => {
  await kubectl.apply(list(read('migraine', 'model'), training('migraine')))
  const version = await untilSays('migraine-v1', ['TopOfLadder', 'GatesFailed'])
  const { status } = await kubectl.json<TrainingJob>('get', 'tj/migraine')
  console.log(status?.dataReport?.message)
  expect(status?.dataReport?.message).toContain('0.8939')
  expect(version.status?.stage).toBe('Production')
  expect(version.status?.gates?.map(({ verdict, name }) => `${verdict} ${name}`)).toEqual([
    'Pass overfit accuracy atMost 0.1',
    'Pass accuracy atLeast 0.7',
    'Pass accuracy above 0.8',
  ])
})

test('an unbounded forest knows the diaries by heart, and the gap keeps it out', async () => {
  await kubectl.apply(training('migraine', forest({ n_estimators: 50 })))
  const version = await untilSays('migraine-v2', ['TopOfLadder', 'GatesFailed'])
  expect(conditionOf(version)?.message).toMatch(
    /^not in Production: accuracy 1\.000 on training rows, 0\.8\d+ on test rows: gap 0\.1\d* > 0\.1$/,
  )
})

test('Titanic is held by the bounds of another ladder, with the numbers in its line, and climbs its own', async () => {
  const bounds = { ...read('breast-cancer', 'model'), metadata: { name: 'titanic' } }
  await kubectl.apply(list(bounds, training('titanic', regression({ C: 0.0001 }))))
  const held = await untilSays('titanic-v1', ['AwaitingApproval', 'GatesFailed'])
  expect(held.status?.stage).toBe('None')
  expect(conditionOf(held)?.message).toMatch(/^not in Staging: f1 0\.\d+ < 0\.8 .*; accuracy 0\.\d+ < 0\.85 .*; roc_auc 0\.\d+ < 0\.9/)
  await kubectl.apply(read('titanic', 'model'))
  await until(
    () => holders('titanic'),
    found => found?.['Production'] === 1,
    { within: 60, what: 'titanic-v1 holds Production' },
  )
})

test('a better Titanic takes the place of its holder, and moves on by the word of a person', async () => {
  await kubectl.apply(training('titanic'))
  const better = await untilSays('titanic-v2', ['Held', 'GatesFailed'])
  const { status } = await kubectl.json<Model>('get', 'mdl/titanic')
  expect(status?.holders).toEqual({ Production: 2 })
  expect(status?.history?.find(({ to, version }) => to === 'Production' && version === 2)?.reason).toMatch(/of v1 on \d+ rows: .*: Better/)
  expect(metric(better, 'accuracy')).toBeLessThan(0.85)
  expect(await rita.tidegate('promote', 'titanic-v2', '--reason', 'licence cleared')).toMatchObject({ code: 0 })
  expect(await holders('titanic')).toEqual({ GNU_Production: 2 })
  expect(await rita.tidegate('archive', 'titanic-v2', '--reason', 'old')).toMatchObject({ code: 0 })
  console.log((await rita.tidegate('history', 'titanic')).printed)
  expect(await holders('titanic')).toEqual({})
})

test('iris goes where a person sends it, after looking at both', async () => {
  const { model, trainingJob } = example()
  await kubectl.apply(list({ ...model, spec: { stages: [{ name: 'Production', automatic: false }] } }, trainingJob))
  await untilSays('iris-v1', ['Held'])
  await kubectl.apply({ ...trainingJob, spec: { ...trainingJob.spec, candidates: forest({ n_estimators: 20 }) } })
  await untilSays('iris-v2', ['Held'])
  const compared = await rita.tidegate('compare', 'iris-v1', 'iris-v2')
  console.log(compared.printed)
  expect(compared).toMatchObject({ code: 0 })
  expect(await rita.tidegate('promote', 'iris-v1', '--reason', 'the simpler one')).toMatchObject({ code: 0 })
  expect(await holders('iris')).toEqual({ Production: 1 })
})
