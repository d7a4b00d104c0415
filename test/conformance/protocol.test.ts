// The Open Inference Protocol v2 over REST, endpoint by endpoint, on the running server: a client that knows only the specification.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Inference, type ServerProcess, startServer } from './serverprocess.ts'
import { trainedBundle } from './trainedbundle.ts'

let iris: ServerProcess
let churn: ServerProcess

beforeAll(async () => {
  const [flowers, customers] = await Promise.all([trainedBundle('iris'), trainedBundle('churn')])
  const env = { TIDEGATE_MODEL_VERSION: '2', TIDEGATE_WORKERS: '1' }
  const started = await Promise.all([flowers, customers].map(bundle => startServer({ bundle, env })))
  ;[iris, churn] = started.map(({ server }) => server) as [ServerProcess, ServerProcess]
})
afterAll(() => Promise.all([iris.stop(), churn.stop()]))

// The schemas of the specification, in our own words.
const text = { type: 'string' }
const parameters = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }
const described = {
  type: 'object',
  required: ['name', 'datatype', 'shape'],
  properties: { name: text, datatype: text, shape: { type: 'array', items: { type: 'integer' } } },
}
const tensor = {
  ...described,
  required: [...described.required, 'data'],
  properties: { ...described.properties, parameters, data: { type: 'array' } },
}
const schema = {
  serverMetadata: {
    type: 'object',
    required: ['name', 'version', 'extensions'],
    properties: { name: text, version: text, extensions: { type: 'array', items: text } },
  },
  modelMetadata: {
    type: 'object',
    required: ['name', 'platform', 'inputs', 'outputs'],
    properties: {
      name: text,
      versions: { type: 'array', items: text },
      platform: text,
      inputs: { type: 'array', items: described },
      outputs: { type: 'array', items: described },
      properties: { type: 'object', additionalProperties: text },
    },
  },
  inference: {
    type: 'object',
    required: ['model_name', 'outputs'],
    properties: { model_name: text, model_version: text, id: text, parameters, outputs: { type: 'array', items: tensor } },
    additionalProperties: false,
  },
  error: { type: 'object', required: ['error'], properties: { error: { type: 'string', minLength: 1 } }, additionalProperties: false },
}
const ajv = new Ajv2020({ strict: false })
const check = Object.fromEntries(Object.entries(schema).map(([name, one]) => [name, ajv.compile(one)])) as Record<
  keyof typeof schema,
  ValidateFunction
>
const conforms = (name: keyof typeof schema, value: unknown) => expect(check[name](value) ? [] : check[name].errors).toEqual([])

const rows = [5.1, 3.5, 1.4, 0.2, 6.7, 3.1, 5.6, 2.4]
const whole = { inputs: [{ name: 'features', datatype: 'FP32', shape: [2, 4], data: rows }] }

describe('the Open Inference Protocol', () => {
  it.each([
    ['/v2/health/live', { live: true }],
    ['/v2/health/ready', { ready: true }],
    ['/v2/models/iris/ready', { name: 'iris', ready: true }],
    ['/v2/models/iris/versions/2/ready', { name: 'iris', ready: true }],
    ['/v2/models', { models: ['iris'] }],
  ])('GET %s', async (path, body) => {
    const response = await iris.get(path)
    expect([response.status, await response.json()]).toEqual([200, body])
  })

  it.each(['/v2', '/v2/'])('GET %s describes the server', async path => {
    conforms('serverMetadata', await (await iris.get(path)).json())
  })

  it.each(['/v2/models/iris', '/v2/models/iris/versions/2'])('GET %s describes the model', async path => {
    const metadata = await (await iris.get(path)).json()
    conforms('modelMetadata', metadata)
    expect(metadata).toMatchObject({ name: 'iris', versions: ['2'], platform: 'onnx_onnxv1' })
  })

  it.each(['/v2/models/iris/infer', '/v2/models/iris/versions/2/infer'])('POST %s infers', async path => {
    const answer = await iris.ask<Inference>(path, { ...whole, id: 'abc', parameters: { mine: 1 } })
    conforms('inference', answer)
    expect(answer).toMatchObject({ model_name: 'iris', model_version: '2', id: 'abc' })
    for (const { shape, data } of answer.outputs) expect(data.length).toBe(shape.reduce((a, b) => a * b))
    expect(answer.outputs[0]?.data).toEqual(['setosa', 'virginica'])
  })

  it('a request made from nothing but the metadata is answered as the metadata says', async () => {
    for (const [server, name] of [
      [iris, 'iris'],
      [churn, 'churn'],
    ] as const) {
      const { inputs, outputs } = await server.read<Inference>(`/v2/models/${name}`)
      const value: Record<string, unknown> = { FP32: 1, BYTES: name === 'churn' ? 'basic' : '' }
      const sent = inputs.map(i => ({
        name: i.name,
        datatype: i.datatype,
        shape: i.shape.map(size => (size < 0 ? 3 : size)),
        data: Array(3).fill(value[i.datatype]),
      }))
      const answer = await server.ask<Inference>(`/v2/models/${name}/infer`, { inputs: sent })
      conforms('inference', answer)
      const seen = answer.outputs.map(({ name: output, datatype, shape }) => ({
        name: output,
        datatype,
        shape: [-1, ...shape.slice(1)],
      }))
      expect(seen).toEqual(outputs)
    }
  })

  it('the outputs are those that were asked for, in that order', async () => {
    const outputs = [{ name: 'probabilities' }, { name: 'label_index' }]
    const answer = await iris.ask<Inference>('/v2/models/iris/infer', { ...whole, outputs })
    expect(answer.outputs.map(o => [o.name, o.datatype, o.shape])).toEqual([
      ['probabilities', 'FP32', [2, 3]],
      ['label_index', 'INT64', [2]],
    ])
  })

  it('missing values are null, in tensors of numbers and of texts', async () => {
    const { inputs } = await churn.read<Inference>('/v2/models/churn')
    const data: Record<string, unknown> = {
      age: [null, 40],
      income: [20_000, 30_000],
      plan: [null, 'pro'],
      région: ['éast', 'west'],
      tickets: [0, 3],
    }
    const sent = inputs.map(i => ({ name: i.name, datatype: i.datatype, shape: [2], data: data[i.name] }))
    const answer = await churn.post('/v2/models/churn/infer', { inputs: sent })
    expect(answer.status).toBe(200)
  })

  const errors: readonly [string, string, unknown, number][] = [
    ['malformed JSON', '/v2/models/iris/infer', '{"inputs":', 400],
    ['no inputs', '/v2/models/iris/infer', {}, 400],
    [
      'a shape that does not hold its data',
      '/v2/models/iris/infer',
      { inputs: [{ name: 'features', datatype: 'FP32', shape: [3], data: [1] }] },
      400,
    ],
    [
      'an unknown datatype',
      '/v2/models/iris/infer',
      { inputs: [{ name: 'features', datatype: 'FLOAT', shape: [1, 4], data: [1, 1, 1, 1] }] },
      400,
    ],
    ['an unknown model', '/v2/models/tulip/infer', whole, 404],
    ['an unknown version', '/v2/models/iris/versions/9/infer', whole, 404],
    ['an unknown path', '/v2/models/iris/explain', whole, 404],
    [
      'binary data',
      '/v2/models/iris/infer',
      { inputs: [{ name: 'features', datatype: 'FP32', shape: [1, 4], parameters: { binary_data_size: 16 } }] },
      400,
    ],
  ]
  it.each(errors)('%s is one error string', async (_name, path, ...[body, status]) => {
    const response = await iris.post(path, body)
    expect(response.status).toBe(status)
    conforms('error', await response.json())
  })
})
