import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleModel, sampleVersion } from '../../operator/plan/model/sampleworld.ts'
import { trainerConfig } from '../../operator/plan/trainingjob/configmap.ts'
import { silentLog } from '../../operator/runtime/log.ts'
import { TrackingBook } from '../../operator/tracking/book.ts'
import { catchUp } from '../../operator/tracking/catchup.ts'
import { mirror } from '../../operator/tracking/mirror.ts'
import { exchange } from '../../operator/tracking/request.ts'
import { read } from '../../operator/tracking/seen.ts'
import { trainingJob } from '../simulated/trainingjob.ts'
import { type MlflowServer, startMlflow } from './mlflowserver.ts'
import { train, trainerFolder } from './trainerrun.ts'

let mlflow: MlflowServer

beforeAll(async () => {
  mlflow = await startMlflow({ allowedHosts: '127.0.0.1:*' })
}, 900_000)

afterAll(() => mlflow?.remove())

const naming = { names: 'mlflow', prefix: '' } as const
const spec = { stages: [{ name: 'Production', automatic: true }] }
const world = (name: string, holder: number, numbers: number[]) => ({
  namespace: 'ns',
  name,
  model: sampleModel(spec, { holders: { Production: holder } }),
  versions: numbers.map(number => sampleVersion(number, 0.9)),
})

const open = ({ againAfterMs = 600_000, uri = mlflow.uri }: { againAfterMs?: number; uri?: string } = {}) => {
  const tracking = { uri, ...naming, stages: false }
  const backoffMs = { first: 100, longest: 500 }
  const book = new TrackingBook({ tracking, namespaces: ['ns'], log: silentLog, timeoutMs: 3000, againAfterMs, backoffMs })
  const news: string[] = []
  book.subscribe(key => news.push(key))
  return { book, news }
}

const aliasesOf = async (name: string) => (await read({ uri: mlflow.uri }, name))?.aliases

describe('a real MLflow', () => {
  it('that is called by a name it does not know refuses, and the model says which setting is missing', async () => {
    const { book, news } = open({ uri: mlflow.uri.replace('127.0.0.1', 'localhost') })
    book.of(world('named', 1, [1]))
    await expect.poll(() => news.length, { timeout: 10_000 }).toBe(1)
    expect(book.of(world('named', 1, [1]))).toMatchObject({
      status: 'False',
      reason: 'TrackingRefused',
      message: expect.stringContaining('MLFLOW_SERVER_ALLOWED_HOSTS'),
    })
  })

  it('runs no jobs for clients', async () => {
    const body = JSON.stringify({ job_name: 'invoke_scorer', params: {} })
    const answer = await fetch(`${mlflow.uri}/ajax-api/3.0/jobs/`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.ok).toBe(false)
    expect(await answer.text()).toContain('MLFLOW_SERVER_ENABLE_JOB_EXECUTION')
  })

  it('takes a version of a run that it does not know without the run', async () => {
    const version = sampleVersion(1, 0.9)
    const source = { trainingJob: 'j', uid: 'u', run: 1, mlflowRunId: 'a'.repeat(32) }
    const wanted = mirror(naming, { ...world('stranger', 1, []), versions: [{ ...version, spec: { ...version.spec, source } }] })
    await catchUp({ uri: mlflow.uri }, wanted, { stages: false })
    expect((await read({ uri: mlflow.uri }, 'ns.stranger'))?.versions).toHaveLength(1)
  })

  it('is set right when somebody changes by hand what is ours, and keeps what is theirs', async () => {
    const { book } = open({ againAfterMs: 1000 })
    book.of(world('byhand', 2, [1, 2]))
    await expect.poll(() => aliasesOf('ns.byhand'), { timeout: 10_000 }).toEqual({ production: '2', champion: '2' })
    const change = (alias: string) =>
      exchange({ uri: mlflow.uri }, { method: 'POST', path: 'registered-models/alias', body: { name: 'ns.byhand', alias, version: '1' } })
    await change('champion')
    await change('favourite')
    await expect.poll(() => aliasesOf('ns.byhand'), { timeout: 10_000 }).toEqual({ production: '2', champion: '2', favourite: '1' })
  })

  it('that hangs holds nobody up, and is caught up with when it goes on', async () => {
    const { book, news } = open()
    book.of(world('hanging', 1, [1]))
    await expect.poll(() => news.length, { timeout: 10_000 }).toBe(1)
    mlflow.signal('SIGSTOP')
    const began = performance.now()
    book.of(world('hanging', 2, [1, 2]))
    expect(performance.now() - began).toBeLessThan(1000)
    await expect
      .poll(() => book.of(world('hanging', 2, [1, 2])), { timeout: 10_000 })
      .toMatchObject({ status: 'False', reason: 'TrackingUnreachable' })
    mlflow.signal('SIGCONT')
    await expect.poll(() => book.of(world('hanging', 2, [1, 2])), { timeout: 15_000 }).toMatchObject({ status: 'True' })
    expect(await aliasesOf('ns.hanging')).toEqual({ production: '2', champion: '2' })
  })

  it('tells an operator that begins anew of a model that Kubernetes lost meanwhile', async () => {
    const gone = mirror(naming, world('lost', 1, [1]))
    await catchUp({ uri: mlflow.uri }, gone, { stages: false })
    const { book, news } = open({ againAfterMs: 1000 })
    book.of(world('other', 1, [1]))
    await expect.poll(() => news.includes('ns/lost'), { timeout: 10_000 }).toBe(true)
    book.of({ namespace: 'ns', name: 'lost', model: undefined, versions: [] })
    const seen = () => read({ uri: mlflow.uri }, 'ns.lost')
    const shown = { tags: { 'tidegate.managed': 'gone' }, aliases: {}, versions: [{ tags: { 'tidegate.stage': 'Deleted' } }] }
    // The mark of the model comes before those of its versions.
    await expect.poll(seen, { timeout: 10_000 }).toMatchObject(shown)
  })
})

interface LoggedRun {
  run: {
    info: { run_id: string; status: string; experiment_id: string }
    data: Record<'params' | 'metrics' | 'tags', { key: string; value: string | number }[]>
    inputs: { dataset_inputs: { dataset: { name: string; digest: string }; tags: { key: string; value: string }[] }[] }
  }
}

describe('a run of the trainer', () => {
  const UID = '5f0c1e8a-0000-4000-8000-000000000001'
  const job = () => trainingJob({ tracking: { experiment: 'iris-classification' } })
  const config = () => trainerConfig(job(), { number: 1 }, mlflow.uri)
  const folder = trainerFolder()
  let runId = ''

  afterAll(() => folder.remove())

  it('is logged with parameters, metrics, rows and model, and says under which id', async () => {
    const { code, summary, output } = await train(folder.path, config(), UID)
    expect(code, output).toBe(0)
    runId = summary.mlflowRunId ?? ''
    expect(runId).toMatch(/^[0-9a-f]{32}$/)
    const { run } = await mlflow.get<LoggedRun>('runs/get', { run_id: runId })
    const { experiment } = await mlflow.get<{ experiment: { name: string } }>('experiments/get', { experiment_id: run.info.experiment_id })
    expect(experiment.name).toBe('iris-classification')
    expect(run.info.status).toBe('FINISHED')
    const of = (what: 'params' | 'metrics' | 'tags') => Object.fromEntries(run.data[what].map(({ key, value }) => [key, value]))
    expect(of('params')).toMatchObject({ model_type: 'logisticRegression', max_iter: '200', model_path: `iris/${UID}`, target: 'species' })
    for (const name of ['solver', 'random_state']) expect(of('params')).toHaveProperty(name)
    expect(of('tags')).toMatchObject({
      'tidegate.job_uid': UID,
      'tidegate.digest': summary.artifact?.digest,
      'mlflow.source.type': 'JOB',
      'mlflow.user': 'tidegate',
    })
    for (const { name, value } of summary.metrics ?? []) expect(of('metrics')[name]).toBeCloseTo(value, 6)
    expect(of('metrics')).toHaveProperty('f1_score')
    const [input] = run.inputs.dataset_inputs
    expect(summary.data?.digest).toContain(input?.dataset.digest)
    expect(input?.tags).toEqual([{ key: 'mlflow.data.context', value: 'training' }])
  })

  it('leaves its artifacts under mlruns/, below its experiment and its id', async () => {
    const { run } = await mlflow.get<LoggedRun>('runs/get', { run_id: runId })
    const artifacts = join(mlflow.folder, 'mlruns', run.info.experiment_id, runId, 'artifacts')
    const files = [
      'model/MLmodel',
      'model/model.onnx',
      'model/conda.yaml',
      'model/requirements.txt',
      'confusion_matrix.png',
      'manifest.json',
      'bundle.sha256',
    ]
    expect(files.filter(file => !existsSync(join(artifacts, file)))).toEqual([])
    expect(existsSync(join(mlflow.folder, 'mlflow.db'))).toBe(true)
  })

  it('is found again by a second pod of the same Job, and not logged twice', async () => {
    const { summary } = await train(folder.path, config(), UID)
    expect(summary.mlflowRunId).toBe(runId)
  })

  it('is what the version of the mirror comes from', async () => {
    const version = sampleVersion(1, 0.9)
    const source = { trainingJob: 'iris', uid: 'u', run: 1, mlflowRunId: runId }
    const wanted = mirror(naming, { ...world('logged', 1, []), versions: [{ ...version, spec: { ...version.spec, source } }] })
    await catchUp({ uri: mlflow.uri }, wanted, { stages: false })
    const { model_version: shown } = await mlflow.get<{ model_version: object }>('model-versions/get', { name: 'ns.logged', version: '1' })
    expect(shown).toMatchObject({ run_id: runId, source: `runs:/${runId}/model`, status: 'READY' })
  })
})
