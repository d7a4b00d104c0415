// Reads from an ONNX file what a server has to know of it: its inputs and outputs, and the versions it was written for.
import { type Field, fields, numbers, textOf } from '../bundle/protobuf.ts'

/** Field numbers of onnx.proto, as far as they are needed. */
const model = { irVersion: 1, graph: 7, opsetImport: 8 } as const
const opset = { domain: 1, version: 2 } as const
const graph = { initializer: 5, input: 11, output: 12 } as const
const tensor = { name: 8 } as const
const valueInfo = { name: 1, type: 2 } as const
const type = { tensor: 1 } as const
const tensorType = { element: 1, shape: 2 } as const
const shape = { dim: 1 } as const
const dimension = { value: 1 } as const

/** TensorProto.DataType, as far as it can be met at the edge of a classifier. */
const ELEMENTS: Readonly<Record<number, string>> = { 1: 'FP32', 6: 'INT32', 7: 'INT64', 8: 'BYTES', 9: 'BOOL', 10: 'FP16', 11: 'FP64' }

export interface Edge {
  name: string
  /** In the words of the Open Inference Protocol. */
  datatype: string
  /** -1 for a size that is not fixed; undefined when the file does not say. */
  shape: number[] | undefined
}

export interface OnnxFile {
  irVersion: number
  opset: number
  inputs: Edge[]
  outputs: Edge[]
}

const inside = (bytes: Uint8Array, { start, end }: Field, number: number): Field[] =>
  [...fields(bytes, start, end)].filter(field => field.number === number)

const first = (bytes: Uint8Array, within: Field, number: number): Field | undefined => inside(bytes, within, number)[0]

const sizes = (bytes: Uint8Array, of: Field): number[] =>
  inside(bytes, of, shape.dim).map(dim => {
    const found = first(bytes, dim, dimension.value)
    const [size = -1] = found ? [...numbers(bytes, found)] : []
    // A negative one reads as a huge one.
    return size > 0 && size < 2 ** 31 ? size : -1
  })

const edge = (bytes: Uint8Array, of: Field): Edge => {
  const name = first(bytes, of, valueInfo.name)
  const kind = first(bytes, of, valueInfo.type)
  const dense = kind && first(bytes, kind, type.tensor)
  const element = dense && first(bytes, dense, tensorType.element)
  const sized = dense && first(bytes, dense, tensorType.shape)
  return {
    name: name ? textOf(bytes, name) : '',
    datatype: ELEMENTS[element?.value ?? 0] ?? `type ${element?.value ?? 0}`,
    shape: sized && sizes(bytes, sized),
  }
}

/** Of bytes that `checkGraph` has let through. */
export const onnxFile = (bytes: Uint8Array): OnnxFile => {
  const whole: Field = { number: 0, value: 0, start: 0, end: bytes.length }
  const body = first(bytes, whole, model.graph) ?? whole
  const named = new Set(inside(bytes, body, graph.initializer).map(each => nameIn(bytes, each)))
  const standard = inside(bytes, whole, model.opsetImport).find(each => ['', 'ai.onnx'].includes(domainIn(bytes, each)))
  return {
    irVersion: first(bytes, whole, model.irVersion)?.value ?? 1,
    opset: (standard && first(bytes, standard, opset.version)?.value) || 1,
    // Older files list what they carry themselves among the inputs.
    inputs: inside(bytes, body, graph.input)
      .map(each => edge(bytes, each))
      .filter(({ name }) => !named.has(name)),
    outputs: inside(bytes, body, graph.output).map(each => edge(bytes, each)),
  }
}

const nameIn = (bytes: Uint8Array, of: Field): string => {
  const found = first(bytes, of, tensor.name)
  return found ? textOf(bytes, found) : ''
}

const domainIn = (bytes: Uint8Array, of: Field): string => {
  const found = first(bytes, of, opset.domain)
  return found ? textOf(bytes, found) : ''
}
