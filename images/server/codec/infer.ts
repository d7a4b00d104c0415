// Turns an inference request of the Open Inference Protocol into a batch, and the model's answer into its response.
import { Problem } from '../problems.ts'
import type { Answer } from '../session/messages.ts'
import { type Batch, emptyBatch, type Place, put, type Signature } from './batch.ts'
import { checkedCell, shown } from './cell.ts'
import { float32 } from './float32.ts'
import { nearest } from './nearest.ts'
import { numberTypes, textType, type WireTensor, wireTensor } from './tensor.ts'

/** One tensor that carries whole rows; offered when all columns are numbers. */
export const WHOLE_ROWS = 'features'

export const outputNames = ['label', 'label_index', 'probabilities'] as const
export type OutputName = (typeof outputNames)[number]

export interface InferRequest {
  id: string | undefined
  batch: Batch
  outputs: readonly OutputName[]
}

const MEMBERS = ['id', 'parameters', 'inputs', 'outputs']

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const checkedMembers = (body: unknown): Record<string, unknown> => {
  if (!isRecord(body)) throw new Problem('WrongType', `The body must be an object with inputs; got ${shown(body)}.`)
  const unknown = Object.keys(body).find(key => !MEMBERS.includes(key))
  if (unknown !== undefined) {
    const near = nearest(unknown, MEMBERS)
    throw new Problem(
      'UnknownField',
      `${shown(unknown)} is not part of an inference request.${near ? ` Did you mean ${near}?` : ''}`,
      unknown.slice(0, 128),
    )
  }
  if (body['parameters'] !== undefined && !isRecord(body['parameters'])) {
    throw new Problem('WrongType', `parameters must be an object; got ${shown(body['parameters'])}.`, 'parameters')
  }
  return body
}

const idOf = (id: unknown) => {
  if (id === undefined || (typeof id === 'string' && id.length <= 1024)) return id
  throw new Problem('WrongType', `id must be text of at most 1024 characters; got ${shown(id)}.`, 'id')
}

const outputName = (output: unknown, index: number): OutputName => {
  const name = isRecord(output) ? output['name'] : undefined
  if (isRecord(output) && isRecord(output['parameters']) && output['parameters']['binary_data'] === true) {
    throw new Problem('InvalidRequest', `outputs[${index}] asks for binary data, which is not offered: leave binary_data out.`, 'outputs')
  }
  const found = outputNames.find(known => known === name)
  if (found) return found
  throw new Problem('UnknownField', `outputs[${index}].name must be one of ${outputNames.join(', ')}; got ${shown(name)}.`, 'outputs')
}

const outputsOf = (outputs: unknown): readonly OutputName[] => {
  if (outputs === undefined) return outputNames
  if (!Array.isArray(outputs)) throw new Problem('WrongType', `outputs must be a list; got ${shown(outputs)}.`, 'outputs')
  return outputs.length === 0 ? outputNames : [...new Set(outputs.map(outputName))]
}

const tensorsOf = (inputs: unknown, signature: Signature): WireTensor[] => {
  if (!Array.isArray(inputs)) {
    const got = inputs === undefined ? 'inputs is missing' : `inputs must be a list; got ${shown(inputs)}`
    throw new Problem('MissingFeatures', `${got}. Send one tensor per column: ${signature.columns.map(c => c.name).join(', ')}.`, 'inputs')
  }
  if (inputs.length > signature.columns.length) {
    throw new Problem('WrongCount', `inputs has ${inputs.length} tensors; the model has ${signature.columns.length} columns.`, 'inputs')
  }
  return inputs.map(wireTensor)
}

const fits = (tensor: WireTensor, { column }: Place) => {
  const types = column.type === 'number' ? numberTypes : [textType]
  if (types.includes(tensor.datatype)) return
  throw new Problem('WrongType', `input ${tensor.name}: datatype must be ${types.join(', ')}; got ${tensor.datatype}.`, tensor.name)
}

/** Lays columns `places` of the tensor into the batch; one place for a column of its own, all of them for whole rows. */
const lay = (batch: Batch, tensor: WireTensor, places: Place[]) => {
  for (const place of places) fits(tensor, place)
  for (const [i, value] of tensor.values.entries()) {
    const place = places[i % places.length] as Place
    const row = Math.floor(i / places.length)
    put(batch, place, { row, value: checkedCell({ column: place.column, at: tensor.rows > 1 ? `row ${row}: ` : '' }, value) })
  }
}

const checkedWidth = (tensor: WireTensor, width: number) => {
  if (tensor.width === width) return
  const shapes = width === 1 ? '[rows] or [rows, 1]' : `[rows, ${width}]`
  throw new Problem('WrongShape', `input ${tensor.name}: shape must be ${shapes}; got [${tensor.rows}, ${tensor.width}].`, tensor.name)
}

const wholeRows = (signature: Signature, tensors: WireTensor[]): Batch | undefined => {
  const [only] = tensors
  if (tensors.length !== 1 || only?.name !== WHOLE_ROWS || !signature.numeric || signature.byName.has(WHOLE_ROWS)) return undefined
  checkedWidth(only, signature.columns.length)
  const batch = emptyBatch(signature, only.rows)
  lay(batch, only, signature.places)
  return batch
}

const placeOf = (signature: Signature, { name }: WireTensor): Place => {
  const place = signature.byName.get(name)
  if (place) return place
  const names = signature.columns.map(c => c.name)
  const near = nearest(name, names)
  throw new Problem(
    'UnknownField',
    `input ${shown(name)} is not a column of the model.${near ? ` Did you mean ${near}?` : ''} The columns are: ${names.join(', ')}.`,
    name,
  )
}

const checkedColumns = (signature: Signature, tensors: WireTensor[]) => {
  const seen = new Map<string, WireTensor>()
  for (const tensor of tensors) {
    placeOf(signature, tensor)
    if (seen.has(tensor.name)) throw new Problem('InvalidRequest', `input ${tensor.name} stands twice. Send each column once.`, tensor.name)
    seen.set(tensor.name, tensor)
    checkedWidth(tensor, 1)
  }
  const missing = signature.columns.find(column => !seen.has(column.name))
  if (missing)
    throw new Problem(
      'MissingField',
      `input ${missing.name} is missing. Send one tensor per column: ${signature.columns.map(c => c.name).join(', ')}.`,
      missing.name,
    )
}

const perColumn = (signature: Signature, tensors: WireTensor[]): Batch => {
  checkedColumns(signature, tensors)
  const [first] = tensors as [WireTensor, ...WireTensor[]]
  const batch = emptyBatch(signature, first.rows)
  for (const tensor of tensors) {
    if (tensor.rows !== first.rows) {
      throw new Problem('MixedShapes', `input ${tensor.name} has ${tensor.rows} rows, but ${first.name} has ${first.rows}.`, tensor.name)
    }
    lay(batch, tensor, [placeOf(signature, tensor)])
  }
  return batch
}

export const inferRequest = (signature: Signature, body: unknown): InferRequest => {
  const members = checkedMembers(body)
  const id = idOf(members['id'])
  const outputs = outputsOf(members['outputs'])
  const tensors = tensorsOf(members['inputs'], signature)
  return { id, batch: wholeRows(signature, tensors) ?? perColumn(signature, tensors), outputs }
}

const output = (name: OutputName, { labels }: Signature, answer: Answer) => {
  const rows = answer.labels.length
  if (name === 'label') return { name, shape: [rows], datatype: 'BYTES', data: Array.from(answer.labels, index => labels[index] as string) }
  if (name === 'label_index') return { name, shape: [rows], datatype: 'INT64', data: Array.from(answer.labels) }
  return { name, shape: [rows, labels.length], datatype: 'FP32', data: Array.from(answer.probabilities, float32) }
}

export const inferOutputs = (signature: Signature, names: readonly OutputName[], answer: Answer) =>
  names.map(name => output(name, signature, answer))
