// Several versions of one run, a wider search after a failed gate, and retrains that do not help, on a real cluster.
import { beforeEach, expect, test } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { onClaim } from './claimfile.ts'
import { conditionOf, untilReady } from './conditions.ts'
import { example } from './example.ts'
import { service } from './handmade.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('retraining')
const { kubectl } = world

const forest = (trees: number) => ({ algorithm: 'randomForest' as const, parameters: { n_estimators: trees } })

const training = (name: string, change: object) => {
  const { trainingJob } = example()
  return { ...trainingJob, metadata: { name }, spec: { ...trainingJob.spec, model: name, ...change } }
}

const model = (name: string, gates: object[]) => ({
  ...example().model,
  metadata: { name },
  spec: { stages: [{ name: 'Production', ...(gates.length > 0 && { gates }) }] },
})

const jobOf = (name: string) => kubectl.json<TrainingJob>('get', `tj/${name}`)

const versionsOf = async (name: string): Promise<ModelVersion[]> => {
  const { items } = await kubectl.json<{ items: ModelVersion[] }>('get', 'mv', '--field-selector', `spec.model=${name}`)
  return items.toSorted((a, b) => a.spec.version - b.spec.version)
}

beforeEach(() => tellOnFailure(world))

test('the best two of a run are versions of their own, both are served, and only the best climbs', async () => {
  const items = [model('pair', []), training('pair', { candidates: [forest(50), forest(100)], register: { top: 2, by: 'accuracy' } })]
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items })
  const job = await untilReady<TrainingJob>(kubectl, 'tj/pair', 180)
  const versions = await versionsOf('pair')
  expect(versions.map(({ spec }) => [spec.version, spec.source?.run, spec.source?.rank])).toEqual([
    [1, 1, 2],
    [2, 1, 1],
  ])
  expect(new Set(versions.map(({ spec }) => spec.digest)).size).toBe(2)
  expect(new Set(versions.map(({ spec }) => spec.source?.dataDigest)).size).toBe(1)
  expect(job.status).toMatchObject({ version: 'pair-v2', runs: [{ version: 'pair-v2', runnersUp: ['pair-v1'] }] })
  const { claim, path } = versions[1]?.spec.artifact ?? { claim: '', path: '' }
  const folders = (await onClaim(world, claim, ['ls', '-A', '/claim/pair'])).trim().split('\n')
  expect(folders.toSorted()).toEqual([path, `${path}-2`].map(each => each.split('/')[1]))
  await until(
    () => kubectl.json<Model>('get', 'mdl/pair'),
    ({ status }) => status?.holders?.['Production'] === 2,
    { within: 60, what: 'the best holds Production' },
  )
  const [second] = await versionsOf('pair')
  expect(second?.status?.stage).toBe('None')
  await kubectl.apply({
    apiVersion: 'v1',
    kind: 'List',
    items: [1, 2].map(number => service(`pair-${number}`, 'pair', { traffic: [{ version: number }] })),
  })
  for (const number of [1, 2]) await untilReady(kubectl, `isvc/pair-${number}`, 120)
})

test('a version that gets in is told with its comparison', async () => {
  const { status } = await until(
    () => jobOf('pair'),
    job => job.status?.runs?.[0]?.judgement !== undefined,
    { within: 30, what: 'the judgement stands in the status' },
  )
  expect(status?.runs?.[0]?.judgement).toMatchObject({ verdict: 'Passed' })
  expect(status?.runs?.[0]?.judgement?.message).toContain('holds Production')
})

test('a failed gate is followed by a wider search, so often as is allowed and no more, and it is told that it does not help', async () => {
  // Nobody gets there: the gate asks for more than there is.
  const items = [
    model('vain', [{ metric: 'accuracy', above: 1 }]),
    training('vain', { retrain: { onGateFailure: { after: '2s', attempts: 3, trials: 2 } } }),
  ]
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items })
  const job = await until(
    () => jobOf('vain'),
    seen => seen.status?.runs?.length === 4 && conditionOf(seen, 'RetrainIneffective')?.status === 'True',
    { within: 280, what: 'three retrains did not help', pause: 1000 },
  )
  expect(job.status?.runs?.map(run => [run.trigger, run.attempt, run.judgement?.verdict])).toEqual([
    ['GateFailure', 3, 'Refused'],
    ['GateFailure', 2, 'Refused'],
    ['GateFailure', 1, 'Refused'],
    ['Spec', undefined, 'Refused'],
  ])
  expect(job.status?.runs?.map(run => run.message ?? '').slice(0, 3)).toEqual(
    [7, 5, 3].map(many => expect.stringContaining(`the best of ${many} candidates`)),
  )
  expect(conditionOf(job, 'RetrainIneffective')?.message).toContain('the last 3 retrains')
  expect(job.status?.retrainAt).toBeUndefined()
  expect((await versionsOf('vain')).map(({ status }) => status?.stage)).toEqual(['None', 'None', 'None', 'None'])
})

test('a request is not held back by it, and a version that gets in clears it', async () => {
  await kubectl('annotate', 'tj/vain', '--overwrite', 'tidegate.io/run-requested=once more')
  const requested = await until(
    () => jobOf('vain'),
    seen => seen.status?.runs?.[0]?.trigger === 'Request',
    { within: 30, what: 'the requested run begins' },
  )
  expect(conditionOf(requested, 'RetrainIneffective')?.status).toBe('True')
  await kubectl.apply(model('vain', []))
  await until(
    () => jobOf('vain'),
    seen => seen.status?.runs?.[0]?.judgement?.verdict === 'Passed' && conditionOf(seen, 'RetrainIneffective') === undefined,
    { within: 180, what: 'the version of the last run passes, and nothing is told any more' },
  )
})
