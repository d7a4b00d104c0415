// Turns the body of POST /predict, in any of its four shapes, into a batch, and the model's answer into the reply.
import { limits } from '../limits.ts'
import { Problem } from '../problems.ts'
import type { Answer } from '../session/messages.ts'
import { type Batch, emptyBatch, put, type Signature } from './batch.ts'
import { accepted, checkedCell, shown } from './cell.ts'
import { float32 } from './float32.ts'
import { nearest } from './nearest.ts'

export interface PredictRequest {
  batch: Batch
  /** One row sent as one row is answered as one; a list is answered as a list, whatever its length. */
  single: boolean
}

type Row = readonly unknown[] | Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const names = ({ columns }: Signature) => columns.map(c => c.name).join(', ')
const example = ({ columns }: Signature) => JSON.stringify({ features: columns.map(c => c.example) })

const unknownField = (signature: Signature, { name, at }: { name: string; at: string }) => {
  const known = signature.columns.map(c => c.name)
  const near = nearest(name, at === '' ? [...known, 'features', 'instances'] : known)
  const meant = near ? ` Did you mean ${near}?` : ''
  return new Problem(
    'UnknownField',
    `${at}${shown(name)} is not a column of the model.${meant} The columns are: ${known.join(', ')}.`,
    name.slice(0, 128),
  )
}

const checkedNames = (signature: Signature, row: Record<string, unknown>, at: string) => {
  for (const name of Object.keys(row)) if (!signature.byName.has(name)) throw unknownField(signature, { name, at })
  const missing = signature.columns.find(column => !Object.hasOwn(row, column.name))
  if (missing) throw new Problem('MissingField', `${at}${missing.name} is missing: send ${accepted(missing)}.`, missing.name)
}

const checkedCount = (signature: Signature, row: readonly unknown[], at: string) => {
  const expected = signature.columns.length
  if (row.length === expected) return
  const where = at === '' ? 'features' : at.slice(0, -1)
  throw new Problem(
    'WrongCount',
    `${where} must have ${expected} values, in this order: ${names(signature)}; got ${row.length}.`,
    'features',
  )
}

const fillRow = (signature: Signature, batch: Batch, { row, index, at }: { row: Row; index: number; at: string }) => {
  const listed = Array.isArray(row)
  if (listed) checkedCount(signature, row, at)
  else checkedNames(signature, row as Record<string, unknown>, at)
  for (const [i, place] of signature.places.entries()) {
    const value = listed ? row[i] : (row as Record<string, unknown>)[place.column.name]
    put(batch, place, { row: index, value: checkedCell({ column: place.column, at }, value) })
  }
}

const one = (signature: Signature, row: Row): PredictRequest => {
  const batch = emptyBatch(signature, 1)
  fillRow(signature, batch, { row, index: 0, at: '' })
  return { batch, single: true }
}

const checkedRows = (field: string, rows: unknown[]): Row[] => {
  if (rows.length > limits.request.rows) {
    throw new Problem(
      'TooManyRows',
      `${field} has ${rows.length} rows; at most ${limits.request.rows} are answered at once. Send several requests.`,
      field,
    )
  }
  const strange = rows.findIndex(row => !Array.isArray(row) && !isRecord(row))
  if (strange >= 0)
    throw new Problem('WrongType', `${field}[${strange}] must be a row: a list or an object; got ${shown(rows[strange])}.`, field)
  if (rows.some(row => Array.isArray(row) !== Array.isArray(rows[0]))) {
    throw new Problem('MixedShapes', `${field} mixes lists and objects. Send every row in the same shape.`, field)
  }
  return rows as Row[]
}

const many = (signature: Signature, field: string, values: unknown[]): PredictRequest => {
  const rows = checkedRows(field, values)
  const batch = emptyBatch(signature, rows.length)
  for (const [index, row] of rows.entries()) fillRow(signature, batch, { row, index, at: `${field}[${index}].` })
  return { batch, single: false }
}

const onlyMember = (body: Record<string, unknown>, field: string, signature: Signature) => {
  const other = Object.keys(body).find(key => key !== field)
  if (other === undefined) return
  throw new Problem(
    'UnknownField',
    `${shown(other)} may not stand beside ${field}. Send only ${field}, such as ${example(signature)}.`,
    other.slice(0, 128),
  )
}

const fromFeatures = (signature: Signature, features: unknown): PredictRequest => {
  if (!Array.isArray(features)) {
    throw new Problem(
      'WrongType',
      `features must be a list of values, or a list of rows; got ${shown(features)}. Send ${example(signature)}.`,
      'features',
    )
  }
  const nested = features.filter(Array.isArray).length
  if (features.length > 0 && nested === features.length) return many(signature, 'features', features)
  if (nested > 0) throw new Problem('MixedShapes', 'features mixes values and rows. Send one row, or a list of rows.', 'features')
  return one(signature, features)
}

const fromInstances = (signature: Signature, instances: unknown): PredictRequest => {
  if (!Array.isArray(instances)) {
    throw new Problem('WrongType', `instances must be a list of rows; got ${shown(instances)}.`, 'instances')
  }
  if (instances.length === 0) throw new Problem('EmptyInstances', 'instances is empty. Send at least one row.', 'instances')
  return many(signature, 'instances', instances)
}

const missingFeatures = (signature: Signature) =>
  new Problem(
    'MissingFeatures',
    `features is missing. Send ${example(signature)}, or the columns by name: ${names(signature)}.`,
    'features',
  )

export const predictRequest = (signature: Signature, body: unknown): PredictRequest => {
  if (!isRecord(body)) throw new Problem('WrongType', `The body must be an object; got ${shown(body)}. Send ${example(signature)}.`)
  // A list under these names is never a column's value, so a column may bear the name itself.
  for (const [field, decode] of [
    ['features', fromFeatures],
    ['instances', fromInstances],
  ] as const) {
    if (!Object.hasOwn(body, field) || (signature.byName.has(field) && !Array.isArray(body[field]))) continue
    onlyMember(body, field, signature)
    return decode(signature, body[field])
  }
  if (Object.keys(body).length === 0) throw missingFeatures(signature)
  return one(signature, body)
}

export interface Prediction {
  prediction: string
  prediction_index: number
  confidence_scores: Record<string, number>
  /** The same as prediction, under the name that some clients read. */
  result: string
}

export const predictionsOf = ({ labels }: Signature, answer: Answer): Prediction[] =>
  Array.from(answer.labels, (index, row) => {
    const scores = answer.probabilities.subarray(row * labels.length, (row + 1) * labels.length)
    const label = labels[index] as string
    return {
      prediction: label,
      prediction_index: index,
      confidence_scores: Object.fromEntries(labels.map((name, i) => [name, float32(scores[i] as number)])),
      result: label,
    }
  })
