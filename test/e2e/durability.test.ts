// What was reached stays reached: objects deleted, pods restarted, the operator killed at the worst moments.
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import type { TrainingJob } from '../../operator/api/trainingjob.ts'
import { conditionOf, untilReady } from './conditions.ts'
import { type Example, FLOWERS } from './example.ts'
import { CHILDREN, namesOf } from './leftovers.ts'
import { killOperator, restartOperator, settle, untilOperatorReady } from './operator.ts'
import { irisOf, untilAnswered } from './serving.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('durability')
const { kubectl, ingress, audit, namespace } = world
const LONGEST_PAUSE_MS = 2500
let iris: Example

beforeAll(() => {
  iris = irisOf(world)
})
beforeEach(() => tellOnFailure(world))

/** Kills the operator as soon as it sent this write, be it answered or not, and the next one a moment after that. */
const killAfter = async (mark: number, verb: string, resource: string) => {
  await until(
    () => audit.operatorWritesSince(mark, namespace),
    writes => writes.some(write => write.verb === verb && write.resource === resource),
    { within: 90, what: `the operator writes: ${verb} ${resource}`, pause: 20 },
  )
  await killOperator(world)
  const pause = Math.round(Math.random() * LONGEST_PAUSE_MS)
  await sleep(pause)
  await killOperator(world)
  console.log(`killed after: ${verb} ${resource}, and again ${pause} ms later`)
}

test('an operator killed with SIGKILL at the worst moments reaches the same end', async () => {
  const mark = audit.mark()
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [iris.trainingJob, iris.model, iris.service] })
  const moments = [
    ['update', 'trainingjobs/status'],
    ['create', 'jobs'],
    ['create', 'modelversions'],
    ['update', 'models/status'],
    ['create', 'deployments'],
  ] as const
  for (const [verb, resource] of moments) await killAfter(mark, verb, resource)
  await untilOperatorReady(world)
  const job = await untilReady<TrainingJob>(kubectl, 'trainingjob/iris', 120)
  await untilReady(kubectl, 'inferenceservice/iris', 60)
  await untilAnswered(world, '1')
  const model = await kubectl.json<Model>('get', 'model/iris')
  expect(job.status?.runs).toMatchObject([{ number: 1, outcome: 'Succeeded', version: 'iris-v1' }])
  expect(model.status).toMatchObject({ holders: { Production: 1 }, lastVersion: 1 })
  expect(model.status?.history).toHaveLength(2)
  expect(await namesOf(kubectl, ['jobs', 'modelversions', 'deployments'])).toEqual([
    'job.batch/iris-run-1',
    'modelversion.tidegate.io/iris-v1',
    'deployment.apps/iris-v1',
  ])
})

/** Everything a status says but for the times at which it was looked at. */
const standing = async (name: string) => (await kubectl.json<TrainingJob>('get', `trainingjob/${name}`)).status

const reasonOf = (status: TrainingJob['status']) => status?.conditions?.find(each => each.type === 'Ready')?.reason

const untilStanding = (name: string, holds: (status: TrainingJob['status']) => boolean) =>
  until(() => standing(name), holds, { within: 60, what: `${name} stands as expected` })

const withoutChildren = async (work: () => Promise<void>) => {
  await kubectl('delete', 'jobs,configmaps', '--selector', 'app.kubernetes.io/managed-by=tidegate', '--wait=true')
  await kubectl('delete', 'pods', '--selector', 'app.kubernetes.io/name=trainer', '--wait=true', '--force')
  await work()
  await settle()
}

test('a run that succeeded, failed or was suspended is not run again when its traces are gone', async () => {
  const variant = (name: string, change: (spec: Example['trainingJob']['spec']) => void) => {
    const job = structuredClone(iris.trainingJob)
    job.metadata.name = name
    job.spec.model = name
    change(job.spec)
    return job
  }
  const failing = variant('failing', spec => {
    spec.data = { source: { csv: { path: 'nowhere.csv' } }, target: 'species' }
  })
  const resting = variant('resting', spec => {
    spec.suspend = true
  })
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [failing, resting] })
  const names = ['iris', 'failing', 'resting']
  await untilStanding('iris', status => reasonOf(status) === 'Registered')
  await untilStanding('failing', status => reasonOf(status) === 'DataMissing' && status?.runs?.[0]?.outcome === 'Failed')
  await untilStanding('resting', status => reasonOf(status) === 'Suspended')
  // A pass after its end is stored, the Job is told how long it stays.
  await until(
    () => kubectl('get', 'job/failing-run-1', '-o', 'jsonpath={.spec.ttlSecondsAfterFinished}'),
    seconds => seconds !== '',
    { within: 30, what: 'the Job of failing is told how long it stays' },
  )
  const before = await Promise.all(names.map(standing))
  const mark = audit.mark()
  await withoutChildren(() => restartOperator(world))
  const writes = await audit.operatorWritesSince(mark, namespace)
  expect(await namesOf(kubectl, ['jobs', 'configmaps'])).toEqual([])
  expect(await Promise.all(names.map(standing))).toEqual(before)
  expect(writes.filter(write => write.resource === 'jobs' && write.verb !== 'delete')).toEqual([])
})

test('a TrainingJob suspended while it runs stops, and nothing of it runs again until it is resumed', async () => {
  const paused = structuredClone(iris.trainingJob)
  paused.metadata.name = 'paused'
  paused.spec.model = 'paused'
  await kubectl.apply(paused)
  await until(
    () => namesOf(kubectl, ['jobs']),
    names => names.includes('job.batch/paused-run-1'),
    { within: 30, what: 'the Job of paused' },
  )
  await kubectl('patch', 'trainingjob/paused', '--type=merge', '--patch', JSON.stringify({ spec: { suspend: true } }))
  await untilStanding('paused', status => reasonOf(status) === 'Suspended')
  await until(
    () => kubectl('get', 'pods', '--selector', 'tidegate.io/trainingjob=paused', '-o', 'name'),
    pods => pods === '',
    { within: 60, what: 'the pod of paused is gone' },
  )
  const before = await standing('paused')
  await withoutChildren(() => restartOperator(world))
  expect(await standing('paused')).toEqual(before)
  expect(await kubectl('get', 'pods', '--selector', 'tidegate.io/trainingjob=paused', '-o', 'name')).toBe('')
  await kubectl('patch', 'trainingjob/paused', '--type=merge', '--patch', JSON.stringify({ spec: { suspend: false } }))
  const resumed = await untilReady<TrainingJob>(kubectl, 'trainingjob/paused', 90)
  expect(resumed.status?.runs).toMatchObject([{ number: 1, outcome: 'Succeeded' }])
})

test('a model serves on after its TrainingJob was deleted and its pods were restarted', async () => {
  await kubectl('delete', 'trainingjob/iris', '--wait=true')
  await until(
    () => namesOf(kubectl, ['jobs']),
    names => !names.includes('job.batch/iris-run-1'),
    { within: 30, what: 'the Job of iris is gone' },
  )
  await kubectl('delete', 'pods', '--selector', 'tidegate.io/inferenceservice=iris', '--wait=true')
  await untilReady(kubectl, 'inferenceservice/iris', 60)
  await untilAnswered(world, '1')
  for (const [species, flower] of Object.entries(FLOWERS)) {
    expect((await ingress.predict(world.host('iris'), flower)).json().prediction).toBe(species)
  }
  const service = await kubectl.json<Parameters<typeof conditionOf>[0]>('get', 'inferenceservice/iris')
  expect(conditionOf(service)).toMatchObject({ status: 'True', reason: 'Serving' })
})

test('deleting the objects leaves nothing running; claims and versions stay', async () => {
  await kubectl('delete', 'trainingjobs,models,inferenceservices', '--all', '--wait=true', '--timeout=60s')
  await until(
    () => namesOf(kubectl, CHILDREN),
    names => names.length === 0,
    { within: 60, what: 'nothing is left' },
  )
  expect(await namesOf(kubectl, ['persistentvolumeclaims'])).toEqual(
    expect.arrayContaining(['persistentvolumeclaim/iris-artifacts', 'persistentvolumeclaim/iris-data']),
  )
  expect(await namesOf(kubectl, ['modelversions'])).toContain('modelversion.tidegate.io/iris-v1')
})
