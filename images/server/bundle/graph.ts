// Decides whether an ONNX file may reach the native runtime: no data outside the file, no foreign operators, tensors only.
import { limits } from '../limits.ts'
import { type Field, fields, MalformedMessage, numbers, textOf } from './protobuf.ts'
import { Refusal } from './refusal.ts'

/** Field numbers of onnx.proto, as far as a scan needs them. */
const model = { graph: 7, opsetImport: 8, trainingInfo: 20, functions: 25 } as const
const opset = { domain: 1 } as const
const graph = { node: 1, initializer: 5, input: 11, output: 12, sparseInitializer: 15 } as const
const node = { opType: 4, attribute: 5, domain: 7 } as const
const attribute = { tensor: 5, graph: 6, tensors: 10, graphs: 11, sparseTensor: 22, sparseTensors: 23 } as const
const tensor = { dims: 1, externalData: 13, dataLocation: 14 } as const
const sparseTensor = { values: 1, indices: 2 } as const
const valueInfo = { name: 1, type: 2 } as const
const type = { tensor: 1, denotation: 6 } as const

const ALLOWED_DOMAINS = ['', 'ai.onnx', 'ai.onnx.ml']
const MAX_ELEMENTS = 2 ** 31

type Visit = (bytes: Uint8Array, field: Field, depth: number) => void
type Visits = Readonly<Record<number, Visit>>

const refuse = (message: string): never => {
  throw new Refusal('ModelRefused', `model.onnx ${message}`)
}

const short = (text: string) => JSON.stringify(text.slice(0, 64))

const walk = (visits: Visits): Visit => {
  return (bytes, { start, end }, depth) => {
    if (depth > limits.graph.depth) refuse(`nests graphs deeper than ${limits.graph.depth}.`)
    for (const field of fields(bytes, start, end)) visits[field.number]?.(bytes, field, depth)
  }
}

const domain: Visit = (bytes, field) => {
  const name = textOf(bytes, field)
  if (!ALLOWED_DOMAINS.includes(name)) {
    refuse(`uses operators of the domain ${short(name)}; only ai.onnx and ai.onnx.ml are run. Export the model with standard operators.`)
  }
}

const external: Visit = () => refuse('keeps tensor data outside the file. Save it with all data inside.')

const dimensions = (bytes: Uint8Array, { start, end }: Field) => {
  let elements = 1
  for (const field of fields(bytes, start, end)) {
    if (field.number !== tensor.dims) continue
    for (const size of numbers(bytes, field)) elements *= size
    if (elements > MAX_ELEMENTS) refuse(`has a tensor of more than ${MAX_ELEMENTS} elements.`)
  }
}

const tensorFields = walk({
  [tensor.externalData]: external,
  [tensor.dataLocation]: (bytes, field, depth) => field.value !== 0 && external(bytes, field, depth),
})
const tensorMessage: Visit = (bytes, field, depth) => {
  dimensions(bytes, field)
  tensorFields(bytes, field, depth)
}
const sparseTensorMessage = walk({ [sparseTensor.values]: tensorMessage, [sparseTensor.indices]: tensorMessage })

const deeper: Visit = (bytes, field, depth) => graphMessage(bytes, field, depth + 1)
const attributeMessage = walk({
  [attribute.tensor]: tensorMessage,
  [attribute.tensors]: tensorMessage,
  [attribute.sparseTensor]: sparseTensorMessage,
  [attribute.sparseTensors]: sparseTensorMessage,
  [attribute.graph]: deeper,
  [attribute.graphs]: deeper,
})
const nodeMessage = walk({ [node.domain]: domain, [node.attribute]: attributeMessage })

/** Inputs and outputs of every graph are dense tensors: sequences and maps (ZipMap) cannot cross into JavaScript. */
const tensorOnly: Visit = (bytes, field) => {
  let name = ''
  let kind: number = type.tensor
  for (const part of fields(bytes, field.start, field.end)) {
    if (part.number === valueInfo.name) name = textOf(bytes, part)
    if (part.number !== valueInfo.type) continue
    for (const inner of fields(bytes, part.start, part.end)) if (inner.number !== type.denotation) kind = inner.number
  }
  if (kind !== type.tensor) refuse(`has ${short(name)}, which is no tensor but a sequence or a map. Export it with zipmap off.`)
}

const graphMessage: Visit = walk({
  [graph.node]: nodeMessage,
  [graph.initializer]: tensorMessage,
  [graph.sparseInitializer]: sparseTensorMessage,
  [graph.input]: tensorOnly,
  [graph.output]: tensorOnly,
})

const modelMessage = walk({
  [model.graph]: graphMessage,
  [model.opsetImport]: walk({ [opset.domain]: domain }),
  [model.trainingInfo]: () => refuse('carries training information; a served model has none.'),
  [model.functions]: () => refuse('defines functions of its own; only standard operators are run.'),
})

/** Throws a Refusal unless the file may be handed to the runtime. */
export const checkGraph = (bytes: Uint8Array) => {
  const whole: Field = { number: 0, value: 0, start: 0, end: bytes.length }
  try {
    if (bytes.length === 0) refuse('is empty.')
    let graphs = 0
    for (const field of fields(bytes)) if (field.number === model.graph) graphs += 1
    if (graphs !== 1) refuse(`has ${graphs} graphs instead of one.`)
    modelMessage(bytes, whole, 0)
  } catch (error) {
    if (error instanceof MalformedMessage) refuse(`is no ONNX model: ${error.message}.`)
    throw error
  }
}
