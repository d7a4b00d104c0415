// Imports from a real MLflow: what the real trainer logged, a bundle that somebody logged as a folder, and one file.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { digestOfBundle } from '../../images/server/bundle/folder.ts'
import { loadBundle } from '../../images/server/bundle/load.ts'
import { importFrom } from '../../images/server/import/from.ts'
import { isFinal } from '../../images/server/import/refused.ts'
import type { ImportConfig } from '../../operator/api/importjob.ts'
import { trainerConfig } from '../../operator/plan/trainingjob/configmap.ts'
import { sampleBundle } from '../conformance/samplebundle.ts'
import { classifier, importConfig, sha256 } from '../imports/classifier.ts'
import { trainingJob } from '../simulated/trainingjob.ts'
import { type MlflowServer, startMlflow } from './mlflowserver.ts'
import { train, trainerFolder } from './trainerrun.ts'

const UID = '22222222-2222-4222-8222-222222222222'
let mlflow: MlflowServer
const volume = trainerFolder()
/** What the trainer left on its claim, and where it logged it. */
let trained = { digest: '', run: '' }

beforeAll(async () => {
  mlflow = await startMlflow({ allowedHosts: '127.0.0.1:*' })
  const { code, output, summary } = await train(volume.path, trainerConfig(trainingJob(), { number: 1 }, mlflow.uri), UID)
  expect(code, output).toBe(0)
  trained = { digest: summary.artifact?.digest ?? '', run: summary.mlflowRunId ?? '' }
}, 900_000)

afterAll(async () => {
  volume.remove()
  await mlflow?.remove()
})

/** A run of somebody else, with these artifacts. */
const logged = async (files: Record<string, Uint8Array>): Promise<string> => {
  interface Created {
    run: { info: { run_id: string; artifact_uri: string } }
  }
  const { run } = await mlflow.post<Created>('runs/create', { experiment_id: '0', start_time: 0 })
  const root = run.info.artifact_uri.replace(/^mlflow-artifacts:\/+/, '')
  for (const [path, content] of Object.entries(files)) {
    const answer = await fetch(`${mlflow.uri}/api/2.0/mlflow-artifacts/artifacts/${root}/${path}`, {
      method: 'PUT',
      body: Buffer.from(content),
    })
    expect(answer.status).toBe(200)
  }
  return run.info.run_id
}

const filesOf = (folder: string, below: string): Record<string, Uint8Array> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name))
      .map(path => [`${below}${path.slice(folder.length + 1)}`, readFileSync(path)]),
  )

const asked = (digest: string, run: string, path?: string): ImportConfig =>
  importConfig({ digest, from: { mlflow: { run, ...(path && { path }) } }, tracking: mlflow.uri })

describe('a run that the trainer logged', () => {
  it('is imported by its id and the digest of the version, which it keeps', async () => {
    const config = asked(trained.digest, trained.run)
    const { digest, evaluation } = await importFrom(config, {})
    expect(digest).toBe(trained.digest)
    expect(evaluation?.rows).toBeGreaterThan(10)
    expect(evaluation?.metrics.map(({ name }) => name)).toContain('accuracy')
    const there = join(config.root, config.path)
    expect(loadBundle(there, trained.digest).manifest.labels).toHaveLength(3)
    // They hold the test rows, and are not logged.
    expect(existsSync(join(there, 'evaluation/predictions.csv'))).toBe(false)
    expect(readFileSync(join(there, 'withheld.sha256'), 'utf8')).toContain('evaluation/predictions.csv')
  })

  it('is refused under another digest', async () => {
    await expect(importFrom(asked(`sha256:${'0'.repeat(64)}`, trained.run), {})).rejects.toThrow(
      `the source holds the bundle ${trained.digest}`,
    )
  })

  it('holds an ONNX file that can be imported alone', async () => {
    const file = readFileSync(join(volume.path, 'iris', UID, 'model.onnx'))
    expect(await importFrom(asked(sha256(file), trained.run, 'model/model.onnx'), {})).toMatchObject({ asked: sha256(file) })
  })
})

describe('a run of somebody else', () => {
  it('with a whole bundle in a folder is imported as it is', async () => {
    const { folder, digest } = sampleBundle()
    const config = asked(digest, await logged(filesOf(folder, 'bundle/')), 'bundle')
    await importFrom(config, {})
    expect(digestOfBundle(join(config.root, config.path))).toBe(digest)
  })

  it('with an ONNX file becomes a bundle', async () => {
    const run = await logged({ 'export/my model.onnx': classifier() })
    expect(await importFrom(asked(sha256(classifier()), run, 'export/my model.onnx'), {})).toMatchObject({ asked: sha256(classifier()) })
  })
})

describe('an MLflow', () => {
  const failure = async (config: ImportConfig): Promise<string> => {
    const thrown: unknown = await importFrom(config, {}).catch((error: unknown) => error)
    return `${isFinal(thrown) ? 'final' : 'again'}: ${thrown instanceof Error ? thrown.message : String(thrown)}`
  }
  const digest = sha256('')

  it('that has no such run says so', async () => {
    expect(await failure(asked(digest, '0'.repeat(32)))).toMatch(/^final: http:\S+\/runs\/get answers 404: it has no such run/)
  })

  it('that has no such artifact says so', async () => {
    expect(await failure(asked(digest, trained.run, 'none.onnx'))).toMatch(/^final: .*answers 404: the run has no such artifact/)
    expect(await failure(asked(digest, trained.run, 'none'))).toMatch(/^final: run \w+ has no artifacts below none/)
  })

  it('that is called by a name it does not know is not worth another try', async () => {
    const config = { ...asked(digest, trained.run), tracking: mlflow.uri.replace('127.0.0.1', 'localhost') }
    expect(await failure(config)).toMatch(/^final: .*answers 403: .*MLFLOW_SERVER_ALLOWED_HOSTS/)
  })

  it('that is away is tried again', async () => {
    await mlflow.stop()
    expect(await failure(asked(digest, trained.run))).toMatch(/^again: .*ECONN(REFUSED|RESET)/)
    await mlflow.start()
  })
})
