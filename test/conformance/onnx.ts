// Writes small ONNX models by hand, so that tests can make any model, also those that no exporter would.

export type Bytes = Uint8Array<ArrayBuffer>

const joined = (parts: readonly Uint8Array[]): Bytes => {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  parts.reduce((at, part) => {
    bytes.set(part, at)
    return at + part.length
  }, 0)
  return bytes
}

export const varint = (value: number): Bytes => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}

/** A number, a text, bytes of an embedded message, or several of them: one field of a message. */
type Value = number | string | Uint8Array | readonly (number | string | Uint8Array)[]

const field = (number: number, value: Value): Uint8Array => {
  if (Array.isArray(value)) return joined(value.map(one => field(number, one as Value)))
  if (typeof value === 'number') return joined([varint(number * 8), varint(value)])
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : (value as Uint8Array)
  return joined([varint(number * 8 + 2), varint(bytes.length), bytes])
}

/** Field number to value, written in the order of the entries. */
export const message = (fields: Readonly<Record<number, Value>>): Bytes =>
  joined(Object.entries(fields).map(([number, value]) => field(Number(number), value)))

const FLOAT = 1
const STRING = 8
const INT64 = 7
export const elementType = { float: FLOAT, int64: INT64, string: STRING } as const

const littleEndian = (values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer)

export const floatTensor = (name: string, dims: readonly number[], values: readonly number[]) =>
  message({ 1: dims, 2: FLOAT, 8: name, 9: littleEndian(values) })

const dimension = (size: number) => (size < 0 ? message({ 2: 'N' }) : message({ 1: size }))

export const tensorInfo = (name: string, type: number, dims: readonly number[]) =>
  message({ 1: name, 2: message({ 1: message({ 1: type, 2: message({ 1: dims.map(dimension) }) }) }) })

/** A sequence of maps from text to float: what ZipMap answers. */
export const sequenceOfMaps = (name: string) => {
  const tensor = message({ 1: message({ 1: FLOAT }) })
  return message({ 1: name, 2: message({ 4: message({ 1: message({ 5: message({ 1: STRING, 2: tensor }) }) }) }) })
}

export const attribute = {
  float: (name: string, value: number) =>
    joined([message({ 1: name }), Uint8Array.of(2 * 8 + 5), littleEndian([value]), message({ 20: 1 })]),
  int: (name: string, value: number) => message({ 1: name, 3: value, 20: 2 }),
  floats: (name: string, values: readonly number[]) => message({ 1: name, 7: littleEndian(values), 20: 6 }),
  strings: (name: string, values: readonly string[]) => message({ 1: name, 9: values, 20: 8 }),
  tensor: (name: string, tensor: Uint8Array) => message({ 1: name, 5: tensor, 20: 4 }),
  graph: (name: string, graph: Uint8Array) => message({ 1: name, 6: graph, 20: 5 }),
}

export interface Node {
  op: string
  inputs: readonly string[]
  outputs: readonly string[]
  attributes?: readonly Uint8Array[]
  domain?: string
}

export const node = ({ op, inputs, outputs, attributes = [], domain = '' }: Node) =>
  message({ 1: inputs, 2: outputs, 4: op, 5: attributes, 7: domain })

export interface Graph {
  nodes: readonly Uint8Array[]
  initializers?: readonly Uint8Array[]
  inputs: readonly Uint8Array[]
  outputs: readonly Uint8Array[]
}

export const graph = ({ nodes, initializers = [], inputs, outputs }: Graph) =>
  message({ 1: nodes, 2: 'g', 5: initializers, 11: inputs, 12: outputs })

const opset = (domain: string, version: number) => message({ 1: domain, 2: version })

export const model = (
  content: Uint8Array,
  extra: Readonly<Record<number, Value>> = {},
  domains: Readonly<Record<string, number>> = { '': 18, 'ai.onnx.ml': 3 },
) => message({ 1: 8, 7: content, 8: Object.entries(domains).map(([domain, version]) => opset(domain, version)), ...extra })
