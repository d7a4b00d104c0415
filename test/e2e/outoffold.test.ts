// Two versions that 30 test rows cannot tell apart, on a real cluster: their answers to the training rows decide, where there are some.
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { conditionOf } from './conditions.ts'
import { example } from './example.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('outoffold')
const { kubectl } = world

/** Below what 30 rows on which two models never differ can show, which is 0.114, and above what 120 out-of-fold rows can. */
const gate = { metric: 'accuracy', versus: 'holder' as const, margin: 0.11, outOfFold: true }
const model = { ...example().model, spec: { stages: [{ name: 'Production', gates: [gate] }] } }

/** The solver is done long before: the model is the same, and the version another one. Several are candidates of one run. */
const training = (iterations: number[], crossValidation?: { folds: number }) => {
  const { trainingJob } = example()
  const candidates = iterations.map(max_iter => ({ algorithm: 'logisticRegression' as const, parameters: { max_iter } }))
  return { ...trainingJob, spec: { ...trainingJob.spec, candidates, ...(crossValidation && { crossValidation }) } }
}

const judged = (number: number) =>
  until(
    () => kubectl.json<ModelVersion>('get', `mv/iris-v${number}`),
    version => ['TopOfLadder', 'GatesFailed'].includes(conditionOf(version)?.reason ?? ''),
    { within: 90, what: `iris-v${number} is judged` },
  )

const told = ({ status }: ModelVersion) => status?.gates?.[0]?.message ?? ''

beforeAll(async () => {
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [model, training([200], { folds: 5 })] })
  await judged(1)
})
beforeEach(() => tellOnFailure(world))

test('a version trained in the same way enters on its out-of-fold answers, and the line names both kinds of rows', async () => {
  await kubectl.apply(training([300], { folds: 5 }))
  const version = await judged(2)
  console.log(told(version))
  expect(version.status?.stage).toBe('Production')
  expect(told(version)).toMatch(
    /^accuracy 0\.\d+ vs 0\.\d+ of v1 on 30 rows: .*Inconclusive.*; out of fold, .* of v1 on 120 training rows in 5 folds, which count as 53: .*NonInferior$/,
  )
})

test('a version that was dealt into other folds is not compared out of fold, and stays out', async () => {
  await kubectl.apply(training([300], { folds: 10 }))
  const version = await judged(3)
  console.log(told(version))
  expect(version.status?.stage).toBe('None')
  expect(told(version)).toContain('Inconclusive; about ')
  expect(told(version)).toContain('; out of fold: v2 was cross-validated in 5 folds and this version in 10')
})

test('a version that was not cross-validated stays out, and the line says what to do', async () => {
  // Applied anew, the field that is left out is gone.
  await kubectl.apply(training([400]))
  const version = await judged(4)
  console.log(told(version))
  expect(version.status?.stage).toBe('None')
  expect(told(version)).toMatch(
    /; out of fold: v4 has no out-of-fold answers \(its bundle has no evaluation\/out-of-fold\.bin\): train it with crossValidation/,
  )
})

test('the best of two candidates is compared by the answers that it was ranked by, with more doubt', async () => {
  await kubectl.apply(training([500, 600]))
  const version = await judged(5)
  console.log(told(version))
  expect(version.status?.stage).toBe('Production')
  expect(told(version)).toMatch(
    /; out of fold, .* of v2 on 120 training rows in 5 folds, which count as 40, having chosen the best of 2: .*NonInferior$/,
  )
})
