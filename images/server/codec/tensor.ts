// Turns one tensor of the Open Inference Protocol into a list of plain values, after its name, datatype, shape and data agree.
import { limits } from '../limits.ts'
import { Problem } from '../problems.ts'
import { shown } from './cell.ts'

export interface WireTensor {
  name: string
  datatype: string
  rows: number
  /** 1 for a single column, whether it came as [N] or as [N, 1]. */
  width: number
  values: unknown[]
}

const FLOATS = ['FP32', 'FP64']
const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  INT8: [-(2n ** 7n), 2n ** 7n - 1n],
  INT16: [-(2n ** 15n), 2n ** 15n - 1n],
  INT32: [-(2n ** 31n), 2n ** 31n - 1n],
  INT64: [-(2n ** 63n), 2n ** 63n - 1n],
  UINT8: [0n, 2n ** 8n - 1n],
  UINT16: [0n, 2n ** 16n - 1n],
  UINT32: [0n, 2n ** 32n - 1n],
  UINT64: [0n, 2n ** 64n - 1n],
}

export const numberTypes: readonly string[] = [...FLOATS, ...Object.keys(INTEGERS)]
export const textType = 'BYTES'
const known = [...numberTypes, textType]

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const nameOf = (value: unknown, index: number) => {
  if (!isRecord(value)) throw new Problem('WrongType', `inputs[${index}] must be an object; got ${shown(value)}.`, 'inputs')
  const name = value['name']
  if (typeof name === 'string' && name !== '' && name.length <= 128) return name
  throw new Problem('WrongType', `inputs[${index}].name must be text of 1 to 128 characters; got ${shown(name)}.`, 'inputs')
}

const datatypeOf = (name: string, datatype: unknown) => {
  if (typeof datatype === 'string' && known.includes(datatype)) return datatype
  throw new Problem('WrongType', `input ${name}: datatype must be one of ${known.join(', ')}; got ${shown(datatype)}.`, name)
}

/** Sizes are multiplied only after each was found small, so that no product overflows. */
const shapeOf = (name: string, shape: unknown): [number, number] => {
  const ranked = Array.isArray(shape) && (shape.length === 1 || shape.length === 2)
  if (!ranked || !shape.every(size => Number.isSafeInteger(size) && size >= 0)) {
    throw new Problem(
      'WrongShape',
      `input ${name}: shape must be [rows] or [rows, columns], whole numbers from 0; got ${JSON.stringify(shape)?.slice(0, 60)}.`,
      name,
    )
  }
  const [rows, width = 1] = shape as [number, number?]
  if (rows === 0) throw new Problem('EmptyInstances', `input ${name}: shape has 0 rows. Send at least one row.`, name)
  if (rows > limits.request.rows) {
    throw new Problem(
      'TooManyRows',
      `input ${name} has ${rows} rows; at most ${limits.request.rows} are answered at once. Send several requests.`,
      name,
    )
  }
  return [rows, width]
}

const mismatch = (name: string, shape: readonly number[], got: string) =>
  new Problem(
    'WrongShape',
    `input ${name}: shape [${shape.join(', ')}] needs ${shape.reduce((a, b) => a * b, 1)} values; data has ${got}.`,
    name,
  )

const flattened = (name: string, shape: readonly [number, number], data: readonly unknown[]) => {
  const [rows, width] = shape
  if (data.length !== rows) throw mismatch(name, shape, `${data.length} rows`)
  return data.flatMap((row, index) => {
    if (!Array.isArray(row))
      throw new Problem('MixedShapes', `input ${name}: data mixes values and lists; data[${index}] is ${shown(row)}.`, name)
    if (row.length !== width) throw mismatch(name, shape, `${row.length} values in row ${index}`)
    return row as unknown[]
  })
}

const valuesOf = (name: string, shape: readonly [number, number], tensor: Record<string, unknown>): readonly unknown[] => {
  const data = tensor['data']
  if (!Array.isArray(data)) {
    const binary = isRecord(tensor['parameters']) && Object.hasOwn(tensor['parameters'], 'binary_data_size')
    throw new Problem(
      'WrongType',
      `input ${name}: data must be a list; got ${shown(data)}.${binary ? ' Binary tensors are not offered: send JSON.' : ''}`,
      name,
    )
  }
  const values = Array.isArray(data[0]) ? flattened(name, shape, data) : data
  if (values.length !== shape[0] * shape[1]) throw mismatch(name, shape, `${values.length}`)
  return values
}

const integerOf = (value: unknown): bigint | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && /^-?[0-9]{1,20}$/.test(value) ? BigInt(value) : undefined
}

/** Whole numbers beyond 2^53 lose digits in JSON, so they are taken as text. */
const checkedInteger = (tensor: { name: string; datatype: string }, value: unknown, index: number) => {
  const [low, high] = INTEGERS[tensor.datatype] as readonly [bigint, bigint]
  const integer = integerOf(value)
  if (integer !== undefined && integer >= low && integer <= high) return Number(integer)
  throw new Problem(
    'WrongType',
    `input ${tensor.name}: data[${index}] must be a whole number from ${low} to ${high}, as text beyond 2^53; got ${shown(value)}.`,
    tensor.name,
  )
}

export const wireTensor = (value: unknown, index: number): WireTensor => {
  const name = nameOf(value, index)
  const tensor = value as Record<string, unknown>
  const datatype = datatypeOf(name, tensor['datatype'])
  const [rows, width] = shapeOf(name, tensor['shape'])
  const values = valuesOf(name, [rows, width], tensor)
  const whole = Object.hasOwn(INTEGERS, datatype)
  return { name, datatype, rows, width, values: whole ? values.map((v, i) => checkedInteger({ name, datatype }, v, i)) : [...values] }
}
