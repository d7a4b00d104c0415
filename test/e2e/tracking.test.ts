// The MLflow of the chart, in a pod: trainers log to it, the operator mirrors the registry in it, and nobody waits for it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion } from '../../operator/api/modelversion.ts'
import { chooseProvider } from '../cluster/choose.ts'
import { buildProjectImage } from '../cluster/images/project.ts'
import { install } from '../install/install.ts'
import { conditionOf } from './conditions.ts'
import { example } from './example.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('tracking')
const { kubectl, operator, cluster, images, namespace } = world
const HOST = 'tidegate-mlflow.tidegate-system.svc:5000'

beforeAll(async () => {
  const mlflow = await buildProjectImage('mlflow')
  await (await chooseProvider({ name: cluster.name })).load([mlflow], () => undefined)
  await install(cluster, { images: { ...images, mlflow }, set: { 'tracking.mlflow.enabled': true } })
}, 600_000)
afterAll(() => install(cluster, { images }), 300_000)
beforeEach(() => tellOnFailure(world))

/** What the REST API of the server says, asked in its own pod: nobody else gets through its NetworkPolicy. */
const ask = async (path: string): Promise<Record<string, unknown>> => {
  const program = `import urllib.request as u; print(u.urlopen(u.Request("http://127.0.0.1:5000/api/2.0/mlflow/${path}", headers={"Host": "${HOST}"})).read().decode())`
  return JSON.parse(await operator('exec', 'deploy/tidegate-mlflow', '--', '/opt/mlflow/bin/python', '-c', program))
}

const registered = async () => {
  const { registered_model: model } = (await ask(`registered-models/get?name=${namespace}.iris`)) as {
    registered_model: { aliases?: { alias: string; version: string }[]; latest_versions?: { run_id?: string }[] }
  }
  return model
}

/** What the mirror shows of a move comes after the move. */
const untilProduction = (version: string) =>
  until(
    async () => (await registered()).aliases ?? [],
    aliases => aliases.some(each => each.alias === 'production' && each.version === version),
    { within: 60, what: `the server shows version ${version} in Production`, pause: 1000 },
  )

const synced = () =>
  until(
    () => kubectl.json<Model>('get', 'mdl/iris'),
    model => conditionOf(model, 'TrackingSynced')?.status === 'True' && model.status?.holders?.['Production'] !== undefined,
    { within: 120, what: 'the mirror shows iris' },
  )

test('a run is logged, and the version is registered with the stage that it holds', async () => {
  const { model, trainingJob } = example()
  await kubectl.apply({ apiVersion: 'v1', kind: 'List', items: [model, trainingJob] })
  console.log(conditionOf(await synced(), 'TrackingSynced')?.message)
  const { spec } = await kubectl.json<ModelVersion>('get', 'mv/iris-v1')
  expect(spec.source?.mlflowRunId).toMatch(/^[0-9a-f]{32}$/)
  const { run } = (await ask(`runs/get?run_id=${spec.source?.mlflowRunId}`)) as {
    run: { info: { status: string }; data: { metrics: { key: string }[] } }
  }
  expect(run.info.status).toBe('FINISHED')
  expect(run.data.metrics.map(({ key }) => key)).toContain('accuracy')
  console.log(JSON.stringify(await untilProduction('1')))
})

test('without the server, versions move on; when it is back, it tells the same', async () => {
  await operator('scale', 'deploy/tidegate-mlflow', '--replicas=0')
  await operator('wait', '--for=delete', 'pod', '-l', 'app.kubernetes.io/component=mlflow', '--timeout=60s')
  const { trainingJob } = example()
  const candidates = [{ algorithm: 'randomForest' as const, parameters: { n_estimators: 20 } }]
  await kubectl.apply({ ...trainingJob, spec: { ...trainingJob.spec, candidates } })
  const away = await until(
    () => kubectl.json<Model>('get', 'mdl/iris'),
    ({ status }) => status?.holders?.['Production'] === 2,
    { within: 120, what: 'version 2 holds Production' },
  )
  await until(
    () => kubectl.json<Model>('get', 'mdl/iris'),
    model => conditionOf(model, 'TrackingSynced')?.status === 'False',
    { within: 60, what: 'the Model says that the server is away' },
  )
  console.log(away.status?.history?.[0]?.reason)
  await operator('scale', 'deploy/tidegate-mlflow', '--replicas=1')
  await synced()
  console.log(JSON.stringify(await untilProduction('2')))
})
