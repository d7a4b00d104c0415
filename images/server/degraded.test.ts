import { rmSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { ServerHealth } from '../../operator/api/bundle.ts'
import { validate } from '../../operator/api/validate.ts'
import { type InProcess, type InProcessOptions, inProcess } from '../../test/conformance/inprocess.ts'
import { sampleBundle } from '../../test/conformance/samplebundle.ts'

const fragile = new URL('../../test/conformance/fragilesession.ts', import.meta.url)
const row = [5.1, 3.5, 1.4, 0.2]
let server: InProcess

const started = async (options: Partial<InProcessOptions> = {}) => {
  server = inProcess({ bundle: sampleBundle(), ...options })
  const state = await Promise.race([server.dataplane.load().then(() => 'loaded'), new Promise(resolve => setTimeout(resolve, 3000))])
  return { state, get: (url: string) => server.app.inject(url), predict: (rows: number) => server.app.inject(predicting(rows)) }
}
const predicting = (rows: number) => ({
  method: 'POST' as const,
  url: '/predict',
  payload: { features: Array.from({ length: rows }, () => row) },
})

afterEach(() => server.stop())

describe('a server without its model', () => {
  it('lives, says why it is degraded, and asks clients to come back', async () => {
    const bundle = sampleBundle()
    const digest = `sha256:${'0'.repeat(64)}`
    const { get, predict } = await started({ bundle: { ...bundle, digest }, env: { TIDEGATE_MODEL: 'iris', TIDEGATE_MODEL_VERSION: '3' } })
    expect((await get('/livez')).statusCode).toBe(200)
    expect((await get('/v2/health/live')).statusCode).toBe(200)
    for (const url of ['/health', '/healthz', '/readyz']) {
      const response = await get(url)
      expect(response.statusCode).toBe(503)
      expect(validate(ServerHealth, response.json())).toEqual({ value: response.json() })
      expect(response.json()).toEqual({
        status: 'degraded',
        model_name: 'iris',
        model_version: '3',
        reason: 'DigestMismatch',
        message: expect.stringContaining(`The bundle has the digest ${bundle.digest}, but ${digest} was asked for`),
      })
    }
    const answer = await predict(1)
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('5')
    expect(answer.json()).toMatchObject({ code: 'ModelNotReady', error: expect.stringContaining('DigestMismatch') })
    const ready = await get('/v2/health/ready')
    expect([ready.statusCode, ready.json()]).toEqual([503, { ready: false, error: expect.any(String) }])
    for (const url of ['/model-info', '/docs', '/openapi.json', '/v2/models/iris', '/v2/models/iris/ready'])
      expect((await get(url)).statusCode, url).toBe(503)
    expect((await get('/v2/models/tulip')).statusCode).toBe(404)
    expect((await get('/metrics')).body).toMatch(/^model_ready{.*} 0$/m)
  })

  it('still says what is wrong with a body that is not JSON', async () => {
    const bundle = sampleBundle()
    rmSync(bundle.folder, { recursive: true })
    const { get } = await started({ bundle })
    expect((await get('/health')).json()).toMatchObject({ reason: 'BundleMissing', message: expect.not.stringContaining(bundle.folder) })
    const response = await server.app.inject({
      method: 'POST',
      url: '/predict',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    })
    expect(response.statusCode).toBe(400)
  })

  it('is degraded while loading', async () => {
    server = inProcess({ bundle: sampleBundle() })
    expect((await server.app.inject('/health')).json()).toEqual({
      status: 'degraded',
      reason: 'Loading',
      message: 'The model is being loaded.',
    })
    await server.dataplane.load()
    expect((await server.app.inject('/health')).json()).toMatchObject({ status: 'healthy', model_name: 'iris' })
  })
})

describe('a server in trouble', () => {
  it('answers 503 for the requests of a lost thread and recovers', async () => {
    const { predict, get } = await started({ script: fragile })
    const lost = await predict(13)
    expect([lost.statusCode, lost.json().code, lost.headers['retry-after']]).toEqual([503, 'WorkerLost', '1'])
    expect((await get('/health')).json()).toMatchObject({ status: 'degraded', reason: 'WorkersLost' })
    expect((await predict(1)).statusCode).toBe(200)
    expect((await get('/health')).statusCode).toBe(200)
  })

  it('answers 504 at the deadline', async () => {
    const { predict } = await started({ script: fragile, env: { TIDEGATE_REQUEST_TIMEOUT_MS: '60' } })
    const late = await predict(17)
    expect([late.statusCode, late.json().code]).toEqual([504, 'DeadlineExceeded'])
  })

  it('answers 429 when its queue is full, and health at once', async () => {
    const { predict, get } = await started({ script: fragile, queue: 2 })
    const busy = predict(19).then(response => response.statusCode)
    const crowd = Array.from({ length: 5 }, () => predict(1).then(response => response.statusCode))
    const asked = performance.now()
    expect((await get('/health')).statusCode).toBe(200)
    expect(performance.now() - asked).toBeLessThan(800)
    const full = await predict(1)
    expect([full.statusCode, full.headers['retry-after']]).toEqual([429, '1'])
    expect(await busy).toBe(200)
    expect((await Promise.all(crowd)).toSorted((a, b) => a - b)).toEqual([200, 200, 200, 429, 429])
  })

  it('asks every connection to close once it drains, and still answers', async () => {
    const { predict, get } = await started()
    expect((await predict(1)).headers['connection']).toBe('keep-alive')
    server.dataplane.drain()
    expect([(await get('/readyz')).statusCode, (await get('/readyz')).json().reason]).toEqual([503, 'Draining'])
    const answer = await predict(1)
    expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close'])
    expect((await get('/livez')).statusCode).toBe(200)
  })
})
