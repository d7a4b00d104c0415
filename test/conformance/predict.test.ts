// POST /predict and what stands around it, on the running server with a bundle of the real trainer.
import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Predicted, type ServerProcess, startServer } from './serverprocess.ts'
import { trainedBundle } from './trainedbundle.ts'

let server: ServerProcess
const home = mkdtempSync(join(tmpdir(), 'tidegate-home-'))
const named = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }
const row = Object.values(named)

beforeAll(async () => {
  const env = { HOME: home, TIDEGATE_MODEL_VERSION: '4', TIDEGATE_INFERENCESERVICE: 'flowers' }
  server = (await startServer({ bundle: await trainedBundle('iris'), env })).server
})
afterAll(() => server.stop())

describe('POST /predict', () => {
  it.each([
    ['a list', { features: row }],
    ['names', named],
  ])('answers one row sent as %s', async (_name, body) => {
    const response = await server.post('/predict', body, { 'x-request-id': 'r-1' })
    expect(response.status).toBe(200)
    const answer = (await response.json()) as Predicted
    expect(answer).toEqual({
      prediction: 'setosa',
      prediction_index: 0,
      confidence_scores: { setosa: expect.any(Number), versicolor: expect.any(Number), virginica: expect.any(Number) },
      result: 'setosa',
      model_name: 'iris',
      model_version: '4',
      request_id: 'r-1',
    })
    expect(Object.values(answer.confidence_scores).reduce((a, b) => a + b)).toBeCloseTo(1, 6)
  })

  it.each([
    ['lists', { features: [row, row] }],
    ['objects', { instances: [named, named] }],
  ])('answers several rows sent as %s', async (_name, body) => {
    const answer = await server.ask<Predicted>('/predict', body)
    expect(answer.predictions.map(p => p.result)).toEqual(['setosa', 'setosa'])
  })

  const bad: readonly [string, unknown, string | undefined, RegExp][] = [
    ['invalid JSON', '{"features": [5.1, 3.5', undefined, /at character 23: the text ends too early/],
    ['NaN, as Python writes it', '{"features": [NaN, 3.5, 1.4, 0.2]}', undefined, /NaN is not a JSON number; send null/],
    ['missing features', {}, 'features', /features is missing/],
    [
      'three features',
      { features: [5.1, 3.5, 1.4] },
      'features',
      /must have 4 values, in this order: sepal_length, sepal_width, petal_length, petal_width; got 3/,
    ],
    ['text for a number', { features: ['5.1', 3.5, 1.4, 0.2] }, 'sepal_length', /sepal_length must be a number above 0; got "5.1"/],
    [
      'null where nothing is ever missing',
      { ...named, petal_width: null },
      'petal_width',
      /petal_width must be a number above 0; got null/,
    ],
    ['a negative length', { ...named, sepal_width: -3.5 }, 'sepal_width', /sepal_width must be a number above 0; got -3.5/],
    ['zero', { ...named, petal_length: 0 }, 'petal_length', /petal_length must be a number above 0; got 0/],
    ['a number beyond float32', { ...named, petal_length: 1e300 }, 'petal_length', /32-bit float/],
    ['a misspelt column', { ...named, sepal_widht: 3.5 }, 'sepal_widht', /Did you mean sepal_width\?/],
    ['a missing column', { sepal_length: 5.1 }, 'sepal_width', /sepal_width is missing/],
    ['no instances', { instances: [] }, 'instances', /instances is empty/],
    ['rows of two shapes', { instances: [named, row] }, 'instances', /mixes lists and objects/],
  ]
  it.each(bad)('refuses %s with 400 and the field', async (_name, body, ...[field, said]) => {
    const response = await server.post('/predict', body)
    const answer = (await response.json()) as Predicted
    console.log(`${_name}: ${answer.error}`)
    expect([response.status, answer.field]).toEqual([400, field])
    expect(answer.error).toMatch(said)
  })

  it('refuses 5 MiB with 413 and another type with 415', async () => {
    expect((await server.post('/predict', ' '.repeat(5 * 1024 * 1024))).status).toBe(413)
    expect((await server.post('/predict', 'a=1', { 'content-type': 'text/plain' })).status).toBe(415)
  })
})

describe('around it', () => {
  it('health, liveness and readiness are told apart', async () => {
    for (const path of ['/health', '/healthz', '/readyz']) {
      expect(await (await server.get(path)).json()).toEqual({
        status: 'healthy',
        model_name: 'iris',
        model_version: '4',
        digest: expect.stringMatching(/^sha256:/),
        inferenceservice: 'flowers',
      })
    }
    expect((await server.get('/livez')).status).toBe(200)
  })

  it('the model says what it is', async () => {
    expect(await (await server.get('/model-info')).json()).toMatchObject({
      model_name: 'iris',
      model_version: '4',
      algorithm: 'logisticRegression',
      target: 'species',
      labels: ['setosa', 'versicolor', 'virginica'],
      metrics: expect.arrayContaining([expect.objectContaining({ name: 'accuracy' })]),
      data: expect.objectContaining({ testRows: 30, trainRows: 120 }),
    })
    expect((await server.get('/docs')).headers.get('content-type')).toMatch(/^text\/html/)
    expect((await server.read<{ openapi: string }>('/openapi.json')).openapi).toBe('3.1.0')
  })

  it('metrics carry service, model, version, role and code', async () => {
    const text = await (await server.get('/metrics')).text()
    const labels = 'inferenceservice="flowers",model="iris",model_version="4",role="stable"'
    expect(text).toContain(`prediction_count_total{${labels},code="200"}`)
    expect(text).toContain(`error_count_total{${labels},code="400",reason="WrongCount"}`)
    expect(text).toContain(`error_count_total{${labels},code="413",reason="BodyTooLarge"}`)
    expect(text).toMatch(/prediction_latency_seconds_sum{.*} 0\.\d+/)
    expect(text).toContain(`model_info{${labels},digest="sha256:`)
  })

  it('nothing is left in the home folder, nor reported to the maker of the runtime', () => {
    expect(readdirSync(home)).toEqual([])
    expect(server.log).not.toMatch(/telemetry/i)
  })
})
