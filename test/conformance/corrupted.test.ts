// A bundle that is not exactly the one that was registered is not served, and the server says why.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ServerProcess, startServer } from './serverprocess.ts'
import { trainedBundle } from './trainedbundle.ts'

let bundle: { folder: string; digest: string }
let server: ServerProcess | undefined

const files = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(e => e.isFile())
    .map(e => join(e.parentPath, e.name))

const started = async (digest: string | undefined, folder = bundle.folder) => {
  const one = await startServer({
    bundle: { folder, ...(digest && { digest }) },
    env: { TIDEGATE_WORKERS: '1', TIDEGATE_MODEL: 'iris', TIDEGATE_MODEL_VERSION: '1' },
  })
  server = one.server
  return one
}

beforeAll(async () => {
  bundle = await trainedBundle('iris')
})
afterEach(() => server?.stop())

describe('a bundle', () => {
  it('is served when nothing was changed', async () => {
    const { health } = await started(bundle.digest)
    expect(health).toEqual({ status: 'healthy', model_name: 'iris', model_version: '1', digest: bundle.digest })
  })

  it('is refused after one byte of any of its files was flipped, but for run.json', async () => {
    const all = files(bundle.folder)
    expect(all.length).toBeGreaterThanOrEqual(6)
    for (const file of all) {
      const good = readFileSync(file)
      const at = Math.floor(good.length / 2)
      writeFileSync(file, good.with(at, (good[at] as number) ^ 1))
      const { health } = await started(bundle.digest)
      const expected = file.endsWith('run.json') ? undefined : 'DigestMismatch'
      expect(health.reason, file).toBe(expected)
      await server?.stop()
      writeFileSync(file, good)
    }
  })

  it('is refused under another digest, and its clients are told to come back', async () => {
    const { server: one, health } = await started(`sha256:${'0'.repeat(64)}`)
    expect(health).toMatchObject({ status: 'degraded', reason: 'DigestMismatch', message: expect.stringContaining(bundle.digest) })
    const answer = await one.post('/predict', { features: [5.1, 3.5, 1.4, 0.2] })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await one.get('/livez')).status).toBe(200)
    expect((await one.get('/readyz')).status).toBe(503)
    expect(JSON.stringify(health)).not.toContain(bundle.folder)
    expect(one.running).toBe(true)
  })

  it('is refused without its model, and without a folder', async () => {
    expect((await started(undefined, join(bundle.folder, 'nowhere'))).health.reason).toBe('BundleMissing')
    await server?.stop()
    const copy = await trainedBundle('iris')
    rmSync(join(copy.folder, 'model.onnx'))
    expect((await started(undefined, copy.folder)).health).toMatchObject({
      reason: 'BundleMissing',
      message: expect.stringContaining('no model.onnx'),
    })
  })

  it('is refused when its own rows are answered otherwise than in Python, even without a digest', async () => {
    const copy = await trainedBundle('iris')
    const path = join(copy.folder, 'manifest.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8'))
    manifest.golden.probabilities[3] = manifest.golden.probabilities[3].map((p: number) => p + 0.001)
    writeFileSync(path, JSON.stringify(manifest))
    expect((await started(undefined, copy.folder)).health).toMatchObject({
      reason: 'ParityFailed',
      message: expect.stringContaining('Golden row 3'),
    })
  })
})
