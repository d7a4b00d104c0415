// JSON Schemas of what clients send and get, made from the signature of the model that is loaded.
import type { Column, Signature } from '../codec/batch.ts'
import { outputNames } from '../codec/infer.ts'
import { numberTypes, textType } from '../codec/tensor.ts'
import { limits } from '../limits.ts'

type Schema = Record<string, unknown>

const FLOAT32_MAX = 3.4028234663852886e38

const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
})
const list = (items: Schema, bounds: Schema = {}): Schema => ({ type: 'array', items, ...bounds })
const text: Schema = { type: 'string' }

const cell = (column: Column): Schema => {
  const orNull = (type: string) => (column.nullable ? [type, 'null'] : type)
  if (column.type === 'category') {
    return {
      type: orNull('string'),
      ...(column.categories && { enum: column.nullable ? [...column.categories, null] : column.categories }),
    }
  }
  const low = column.minimum ?? -FLOAT32_MAX
  return {
    type: orNull('number'),
    ...(column.exclusiveMinimum ? { exclusiveMinimum: low } : { minimum: low }),
    maximum: column.maximum ?? FLOAT32_MAX,
  }
}

const row = ({ columns }: Signature): Schema => {
  const types = columns.map(cell)
  return { type: 'array', prefixItems: types, items: false, minItems: columns.length, maxItems: columns.length }
}

const named = ({ columns }: Signature): Schema => ({
  ...object(Object.fromEntries(columns.map(column => [column.name, cell(column)]))),
  additionalProperties: false,
})

const rowBounds = { minItems: 1, maxItems: limits.request.rows }

export const predictSchema = (signature: Signature): Schema => {
  const only = (name: string, value: Schema): Schema => ({ ...object({ [name]: value }), additionalProperties: false })
  return {
    oneOf: [
      { title: 'One row', ...only('features', row(signature)) },
      { title: 'One row, by name', ...named(signature) },
      { title: 'Rows', ...only('features', list(row(signature), rowBounds)) },
      { title: 'Rows, by name', ...only('instances', { oneOf: [list(named(signature), rowBounds), list(row(signature), rowBounds)] }) },
    ],
  }
}

const prediction = ({ labels }: Signature) => ({
  prediction: { ...text, enum: labels },
  prediction_index: { type: 'integer', minimum: 0, maximum: labels.length - 1 },
  confidence_scores: object(Object.fromEntries(labels.map(label => [label, { type: 'number' }]))),
  result: { ...text, description: 'The same as prediction.' },
})

const envelope = { model_name: text, model_version: text, request_id: text }

export const answerSchema = (signature: Signature): Schema => ({
  oneOf: [
    { title: 'One row', ...object({ ...prediction(signature), ...envelope }) },
    { title: 'Rows', ...object({ predictions: list(object(prediction(signature))), ...envelope }) },
  ],
})

const parameters: Schema = { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } }
const shape = list({ type: 'integer', minimum: 0 }, { minItems: 1, maxItems: 2 })

export const inferSchema = ({ columns }: Signature): Schema => ({
  ...object(
    {
      id: text,
      parameters,
      inputs: list(object({ name: text, shape, datatype: { ...text, enum: [...numberTypes, textType] }, data: { type: 'array' } }), {
        minItems: 1,
        maxItems: columns.length,
      }),
      outputs: list(object({ name: { ...text, enum: outputNames } })),
    },
    ['inputs'],
  ),
  additionalProperties: false,
})

export const inferAnswerSchema: Schema = object(
  {
    model_name: text,
    model_version: text,
    id: text,
    outputs: list(object({ name: text, shape, datatype: text, data: { type: 'array' } })),
  },
  ['model_name', 'outputs'],
)

export const errorSchema: Schema = object({ error: text, code: text, field: text, request_id: text }, ['error'])
