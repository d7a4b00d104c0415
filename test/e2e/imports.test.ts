// Imports on a real cluster: the README of examples/namespaces word by word, then from a claim, a bundle and one ONNX file.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { InferenceService } from '../../operator/api/inferenceservice.ts'
import type { Model } from '../../operator/api/model.ts'
import type { ModelVersion, ModelVersionSpec } from '../../operator/api/modelversion.ts'
import { chooseProvider } from '../cluster/choose.ts'
import { run } from '../cluster/command.ts'
import { buildProjectImage } from '../cluster/images/project.ts'
import { install } from '../install/install.ts'
import { kubectlFor } from '../install/kubectl.ts'
import { onClaim } from './claimfile.ts'
import { conditionOf } from './conditions.ts'
import { EXAMPLES } from './example.ts'
import { until } from './until.ts'
import { openWorld, tellOnFailure } from './world.ts'

const world = openWorld('imports')
const { cluster, images } = world
const serving = { ...world, kubectl: kubectlFor(cluster, 'serving') }
const { kubectl } = serving
const TRACKING = 'http://mlflow.mlflow.svc:5000'
const desk = mkdtempSync(join(tmpdir(), 'tidegate-namespaces-'))

/** What a person types; the release is upgraded before, with the images of this cluster. */
const script = [...readFileSync(join(EXAMPLES, 'namespaces/README.md'), 'utf8').matchAll(/^```\n([\s\S]*?)^```/gm)]
  .flatMap(([, block = '']) => block.trim().split('\n'))
  .filter(line => !line.startsWith('helm '))

beforeAll(async () => {
  const mlflow = await buildProjectImage('mlflow')
  await (await chooseProvider({ name: cluster.name })).load([mlflow], () => undefined)
  await install(cluster, { images, set: { 'tracking.uri': TRACKING } })
  cpSync(EXAMPLES, join(desk, 'examples'), { recursive: true })
  const deployment = join(desk, 'examples/namespaces/mlflow/deployment.yaml')
  // Images of this cluster are named after their content.
  writeFileSync(deployment, readFileSync(deployment, 'utf8').replace(/tidegate\/mlflow:\S+/, mlflow))
  mkdirSync(join(desk, 'bin'))
  symlinkSync(cluster.kubectl, join(desk, 'bin/kubectl'))
}, 900_000)

afterAll(async () => {
  await kubectl('delete', 'namespace', 'training', 'serving', 'mlflow', '--ignore-not-found', '--timeout=2m')
  await install(cluster, { images })
  rmSync(desk, { recursive: true, force: true })
}, 400_000)

beforeEach(() => tellOnFailure(serving))

const version = (name: string) => kubectl.json<ModelVersion>('get', `mv/${name}`)

const imported = (name: string) =>
  until(
    () => version(name),
    ({ status }) => status?.bundle !== undefined,
    { within: 90, what: `${name} is imported` },
  )

test('what was trained in one namespace is served in another, from the MLflow Service by run and digest', async () => {
  const env = { ...process.env, PATH: `${desk}/bin:${process.env['PATH']}`, KUBECONFIG: cluster.kubeconfig }
  const said = await run(['sh', '-ec', script.join('\n')], { cwd: desk, env, purpose: 'the README of examples/namespaces' })
  console.log(said.split('\n').slice(-6).join('\n'))
  const trained = await kubectlFor(cluster, 'training').json<ModelVersion>('get', 'mv/iris-v1')
  const here = await version('iris-v1')
  expect(here.status?.bundle?.digest).toBe(trained.spec.digest)
  expect(here.status?.bundle?.evaluation).toEqual(trained.spec.evaluation)
  const service = await kubectl.json<InferenceService>('get', 'isvc/iris')
  expect(service.status?.traffic).toMatchObject([{ version: 1, digest: trained.spec.digest }])
  expect(await kubectl('get', 'mv')).toMatch(/iris-v1\s+iris\s+1\s+Production\s+(0\.9\d*|1)\s/)
})

const wanted = (number: number, change: Partial<ModelVersionSpec>) => ({
  apiVersion: 'tidegate.io/v1alpha1',
  kind: 'ModelVersion',
  metadata: { name: `iris-v${number}` },
  spec: { model: 'iris', version: number, artifact: { claim: 'models', path: `iris/v${number}` }, ...change },
})

test('a bundle comes from a claim with the same digest, and replaces the holder', async () => {
  const { digest } = (await version('iris-v1')).spec
  await kubectl.apply(wanted(2, { digest, import: { from: { claim: { name: 'models', path: 'iris/v1' } } } }))
  expect((await imported('iris-v2')).status?.bundle?.digest).toBe(digest)
  await until(
    () => kubectl.json<Model>('get', 'mdl/iris'),
    ({ status }) => status?.holders?.['Production'] === 2,
    { within: 120, what: 'iris-v2 holds Production' },
  )
})

test('one ONNX file becomes a bundle that is measured on the rows it came with', async () => {
  const [digest = ''] = (await onClaim(serving, 'models', ['sha256sum', '/claim/iris/v1/model.onnx'])).split(' ')
  const rows = [
    'sepal_length,sepal_width,petal_length,petal_width,species',
    '5.1,3.5,1.4,0.2,setosa',
    '6.5,3.0,5.8,2.2,virginica',
    '5.9,2.8,4.3,1.3,versicolor',
    '',
  ]
  await kubectl.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'rows' }, data: { 'rows.csv': rows.join('\n') } })
  const from = { claim: { name: 'models', path: 'iris/v1/model.onnx' } }
  const labels = ['setosa', 'versicolor', 'virginica']
  const how = { from, labels, rows: { configMap: { name: 'rows', key: 'rows.csv' }, target: 'species' } }
  await kubectl.apply(wanted(3, { digest: `sha256:${digest}`, import: how }))
  const { status } = await imported('iris-v3')
  console.log(JSON.stringify(status?.bundle?.evaluation))
  expect(status?.bundle?.evaluation).toMatchObject({ rows: 3 })
  expect(status?.bundle?.digest).not.toBe(`sha256:${digest}`)
})

test('what is not what was asked for is refused at once, says why, and is not served', async () => {
  await kubectl.apply(wanted(4, { digest: `sha256:${'0'.repeat(64)}`, import: { from: { claim: { name: 'models', path: 'iris/v1' } } } }))
  const failed = await until(
    () => version('iris-v4'),
    each => conditionOf(each)?.reason === 'ImportFailed',
    { within: 60, what: 'iris-v4 is refused' },
  )
  console.log(conditionOf(failed)?.message)
  expect(conditionOf(failed)?.message).toMatch(
    /the source holds a bundle with the digest sha256:\w+, and spec.digest is sha256:0{64}.*delete this ModelVersion/,
  )
  expect(conditionOf(failed, 'Stalled')?.status).toBe('True')
  expect(failed.status?.stage).toBe('None')
  expect((await onClaim(serving, 'models', ['ls', '-A', '/claim/iris'])).trim().split('\n')).not.toContain('v4')
})
