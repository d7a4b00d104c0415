import fc from 'fast-check'
import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InProcess, inProcess } from '../../test/conformance/inprocess.ts'
import { sampleBundle } from '../../test/conformance/samplebundle.ts'

let server: InProcess
const features = [5.1, 3.5, 1.4, 0.2]
const json = { 'content-type': 'application/json' }
const post = (url: string, payload: unknown, headers: Record<string, string> = json): InjectOptions => ({
  method: 'POST',
  url,
  headers,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
})
const whole = { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 4], data: features }] }

beforeAll(async () => {
  server = inProcess({ bundle: sampleBundle(), env: { TIDEGATE_MODEL_VERSION: '7', TIDEGATE_INFERENCESERVICE: 'flowers' } })
  await server.dataplane.load()
})
afterAll(() => server.stop())

describe('POST /predict', () => {
  it('answers one row with everything that clients read', async () => {
    const response = await server.app.inject(post('/predict', { features }))
    expect(response.statusCode).toBe(200)
    const { confidence_scores, request_id, ...rest } = response.json()
    expect(rest).toEqual({ prediction: 'setosa', prediction_index: 0, result: 'setosa', model_name: 'iris', model_version: '7' })
    expect(Object.keys(confidence_scores)).toEqual(['setosa', 'versicolor', 'virginica'])
    expect(request_id).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers['x-request-id']).toBe(request_id)
  })

  it('answers rows with a list under one envelope', async () => {
    const response = await server.app.inject(post('/predict', { features: [features, [6, 2.7, 4.2, 1.3]] }))
    expect(response.json().predictions.map((p: { prediction: string }) => p.prediction)).toEqual(['setosa', 'versicolor'])
    expect(response.json()).toMatchObject({ model_name: 'iris', model_version: '7' })
  })

  it('keeps a request id that is one, and makes one otherwise', async () => {
    const idFor = async (id: string) =>
      (await server.app.inject(post('/predict', { features }, { ...json, 'x-request-id': id }))).json().request_id
    expect(await idFor('trace-42:a/b')).toBe('trace-42:a/b')
    expect(await idFor('bad id\u007f')).not.toBe('bad id\u007f')
    expect(await idFor('x'.repeat(200))).toHaveLength(36)
  })

  const refused: readonly [string, InjectOptions, number, Record<string, unknown>][] = [
    [
      'no body',
      { method: 'POST', url: '/predict', headers: json },
      400,
      { code: 'InvalidJson', error: expect.stringContaining('body is empty') },
    ],
    [
      'text that is not JSON',
      post('/predict', '{"features":[1,2'),
      400,
      { code: 'InvalidJson', error: expect.stringContaining('at character 17') },
    ],
    ['no features', post('/predict', {}), 400, { code: 'MissingFeatures', field: 'features' }],
    ['three features', post('/predict', { features: [1, 2, 3] }), 400, { code: 'WrongCount', field: 'features' }],
    ['a number as text', post('/predict', { features: ['5.1', 1, 1, 1] }), 400, { code: 'WrongType', field: 'sepal_length' }],
    ['a range left', post('/predict', { features: [-5, 1, 1, 1] }), 400, { code: 'OutOfRange', field: 'sepal_length' }],
    [
      'form data',
      post('/predict', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      { code: 'UnsupportedMediaType', error: expect.stringContaining('must be application/json; got "application/x-www-form-urlencoded"') },
    ],
    ['no content type', post('/predict', '{}', {}), 415, { code: 'UnsupportedMediaType' }],
    [
      'another charset',
      post('/predict', '{}', { 'content-type': 'application/json; charset=utf-16' }),
      415,
      { code: 'UnsupportedMediaType' },
    ],
    [
      'a compressed body',
      post('/predict', '{}', { ...json, 'content-encoding': 'gzip' }),
      415,
      { error: expect.stringContaining('Content-Encoding "gzip" is not accepted') },
    ],
    [
      '5 MiB',
      post('/predict', ' '.repeat(5 * 1024 * 1024)),
      413,
      { code: 'BodyTooLarge', error: expect.stringContaining('more than 4194304 bytes') },
    ],
    ['another method', { method: 'GET', url: '/predict' }, 405, { code: 'MethodNotAllowed', error: 'GET is not offered here: use POST.' }],
    ['another path', post('/predicts', {}), 404, { code: 'NotFound' }],
    ['a path that is no path', { method: 'GET', url: '/%zz' }, 400, { code: 'InvalidRequest' }],
    ['a path without end', { method: 'GET', url: `/v2/models/${'x'.repeat(5000)}` }, 404, { error: expect.any(String) }],
  ]
  it.each(refused)('refuses %s', async (_name, request, ...[status, body]) => {
    const response = await server.app.inject(request)
    expect(response.json()).toMatchObject(body)
    expect(response.statusCode).toBe(status)
    expect(response.json().error).toBeTypeOf('string')
    expect(response.headers['content-type']).toMatch(/^application\/json/)
  })

  it('says which method it wants', async () => {
    expect((await server.app.inject({ method: 'DELETE', url: '/predict' })).headers['allow']).toBe('POST')
    expect((await server.app.inject({ method: 'POST', url: '/health' })).headers['allow']).toBe('GET, HEAD')
    expect((await server.app.inject({ method: 'HEAD', url: '/health' })).statusCode).toBe(200)
  })

  it('never fails inside, whatever JSON is sent', async () => {
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({ features: fc.jsonValue() }),
      fc.record({ features: fc.array(fc.double(), { minLength: 4, maxLength: 4 }) }),
    )
    const urls = fc.constantFrom('/predict', '/v2/models/iris/infer', '/v2/models/iris/versions/7/infer')
    await fc.assert(
      fc.asyncProperty(bodies, urls, async (body, url) => {
        const response = await server.app.inject(post(url, body))
        expect([200, 400]).toContain(response.statusCode)
        if (response.statusCode === 400) expect(response.json().error).toBeTypeOf('string')
      }),
      { numRuns: 200 },
    )
  })

  it('is not polluted by prototypes in bodies, queries and headers', async () => {
    const keys = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']
    const payloads = keys.flatMap(key => [
      `{"${key}":{"polluted":1}}`,
      `{"features":{"${key}":{"polluted":1}}}`,
      `{"instances":[{"${key}":{"prototype":{"polluted":1}}}]}`,
    ])
    for (const payload of payloads) {
      const response = await server.app.inject({
        ...post(`/predict?__proto__[polluted]=1&constructor[prototype][polluted]=1`, payload),
        headers: { ...json, __proto: '1' },
      })
      expect(response.statusCode).toBe(400)
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('the Open Inference Protocol', () => {
  const get = (url: string) => server.app.inject({ method: 'GET', url })

  it('answers on every path of the specification, with and without version and trailing slash', async () => {
    for (const url of [
      '/v2',
      '/v2/',
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models',
      '/v2/models/iris',
      '/v2/models/iris/ready',
      '/v2/models/iris/versions/7',
      '/v2/models/iris/versions/7/ready',
    ]) {
      expect((await get(url)).statusCode, url).toBe(200)
    }
    expect((await get('/v2/health/ready')).json()).toEqual({ ready: true })
    expect((await get('/v2/models/iris/ready')).json()).toEqual({ name: 'iris', ready: true })
    expect((await get('/v2')).json()).toEqual({ name: 'tidegate', version: '0.1.0', extensions: [] })
  })

  it('describes each column and output', async () => {
    const metadata = (await get('/v2/models/iris')).json()
    expect(metadata).toMatchObject({ name: 'iris', versions: ['7'], platform: 'onnx_onnxv1' })
    expect(metadata.inputs[0]).toEqual({ name: 'sepal_length', datatype: 'FP32', shape: [-1, 1] })
    expect(metadata.outputs.map((o: { name: string }) => o.name)).toEqual(['label', 'label_index', 'probabilities'])
    expect(metadata.properties.features).toContain('[-1, 4]')
  })

  it('infers, echoes the id and keeps to the outputs asked for', async () => {
    const response = await server.app.inject(post('/v2/models/iris/versions/7/infer', { ...whole, id: 'q1', outputs: [{ name: 'label' }] }))
    expect(response.json()).toEqual({
      model_name: 'iris',
      model_version: '7',
      id: 'q1',
      outputs: [{ name: 'label', shape: [1], datatype: 'BYTES', data: ['setosa'] }],
    })
  })

  it('refuses with one string and nothing else', async () => {
    for (const [request, status] of [
      [post('/v2/models/iris/infer', {}), 400],
      [post('/v2/models/iris/infer', 'x'), 400],
      [post('/v2/models/tulip/infer', whole), 404],
      [post('/v2/models/iris/versions/8/infer', whole), 404],
      [{ method: 'GET', url: '/v2/models/tulip' }, 404],
      [{ method: 'GET', url: '/v2/nothing' }, 404],
      [{ method: 'GET', url: '/v2/models/iris/infer' }, 405],
      [post('/v2/models/iris/infer', '[]', { 'content-type': 'application/octet-stream' }), 415],
    ] as const) {
      const response = await server.app.inject(request)
      expect(response.statusCode).toBe(status)
      expect(response.json()).toEqual({ error: expect.any(String) })
    }
  })
})

describe('what the server counts', () => {
  const value = async (line: RegExp) => Number((await server.app.inject('/metrics')).body.match(line)?.[1] ?? 0)

  it('is every prediction, under the names of service, model and version', async () => {
    const predictions = /^prediction_count_total{inferenceservice="flowers",model="iris",model_version="7",role="stable",code="200"} (\d+)/m
    const before = await value(predictions)
    await server.app.inject(post('/predict', { features: [features, features, features] }))
    await server.app.inject(post('/v2/models/iris/infer', whole))
    expect(await value(predictions)).toBe(before + 4)
    expect(await value(/^prediction_requests_in_flight{.*} (\d+)/m)).toBe(0)
    expect(await value(/^model_ready{.*} (\d+)/m)).toBe(1)
  })

  it.each([
    ['invalid JSON', '{', 'InvalidJson'],
    ['missing features', '{}', 'MissingFeatures'],
    ['a wrong count', '{"features":[1]}', 'WrongCount'],
    ['a wrong type', '{"features":["a",1,1,1]}', 'WrongType'],
  ])('is every error: %s', async (_name, body, reason) => {
    const line = new RegExp(`^error_count_total{.*code="400",reason="${reason}"} (\\d+)`, 'm')
    const before = await value(line)
    await server.app.inject(post('/predict', body))
    expect(await value(line)).toBe(before + 1)
  })

  it('is an error of the model: 500 without its words, and the next request is answered', async () => {
    const line = /^error_count_total{.*code="500",reason="InternalError"} (\d+)/m
    const before = await value(line)
    const response = await server.app.inject(post('/predict', { features: [1, 1, 1e38, 1e38] }))
    expect([response.statusCode, response.json()]).toEqual([
      500,
      {
        error: 'The model failed on this input. Try again; the log of the server says more.',
        code: 'InternalError',
        request_id: expect.any(String),
      },
    ])
    expect(server.logged.at(-1)).toMatch(/probability that is no number/)
    expect(await value(line)).toBe(before + 1)
    expect((await server.app.inject(post('/predict', { features }))).statusCode).toBe(200)
  })

  it('is the time of each request, errors too', async () => {
    const line = /^prediction_latency_seconds_count{.*code="400"} (\d+)/m
    const before = await value(line)
    await server.app.inject(post('/predict', '{'))
    expect(await value(line)).toBe(before + 1)
  })
})
