// Decides whether an ONNX file has a shape that the server speaks to, and how its columns and classes are called.
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { Edge, OnnxFile } from './onnxfile.ts'
import { Refused } from './refused.ts'

const MOST_COLUMNS = 512
const MOST_CLASSES = 256

interface Column {
  name: string
  type: 'number' | 'category'
}

export interface FileSignature {
  onnx: Manifest['onnx']
  /** In the order of the rows, if there are any. */
  columns: Column[]
  labels: string[]
}

const typeOf = { FP32: 'number', BYTES: 'category' } as const

export const signatureFrom = (
  file: OnnxFile,
  header: readonly string[] | undefined,
  names: readonly string[] | undefined,
): FileSignature => {
  const inputs = file.inputs.map(checkedInput)
  if (inputs.length < 1 || inputs.length > 2)
    throw new Refused(`the file has ${inputs.length} inputs: export it with one tensor of numbers, or one of numbers and one of texts`)
  const columns = columnNames(inputs, header)
  const carried = columns.flat()
  const order = header ?? carried
  const kinds = new Map(columns.flatMap((each, i) => each.map(name => [name, typeOf[inputs[i]?.datatype as 'FP32']])))
  const classes = classCount(file, names)
  const labels = names ? [...names] : Array.from({ length: classes }, (_, i) => String(i))
  return {
    onnx: {
      opset: file.opset,
      irVersion: file.irVersion,
      inputs: inputs.map(({ name, datatype, width }, i) => ({ name, datatype, shape: [-1, width], columns: columns[i] as string[] })),
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [-1] },
        { name: 'probabilities', datatype: 'FP32', shape: [-1, classes] },
      ],
    },
    columns: order.map(name => ({ name, type: kinds.get(name) as Column['type'] })),
    labels,
  }
}

interface Input {
  name: string
  datatype: 'FP32' | 'BYTES'
  width: number
}

const checkedInput = ({ name, datatype, shape }: Edge): Input => {
  const what = `input ${JSON.stringify(name.slice(0, 64))}`
  if (name === '' || name.length > 128) throw new Refused(`${what} has a name that cannot be used: give it 1 to 128 characters`)
  if (datatype !== 'FP32' && datatype !== 'BYTES')
    throw new Refused(`${what} is ${datatype}: export it with 32-bit floats for numbers, and strings for texts`)
  const [rows, width] = shape ?? []
  if (shape?.length !== 2 || width === undefined || width < 1)
    throw new Refused(`${what} has the shape [${shape?.join(', ') ?? 'unknown'}]: it needs [rows, columns] with a fixed number of columns`)
  if (rows !== -1) throw new Refused(`${what} takes ${rows} rows only: export it with a first dimension that is not fixed`)
  if (width > MOST_COLUMNS) throw new Refused(`${what} has ${width} columns: at most ${MOST_COLUMNS} are served`)
  return { name, datatype, width }
}

/** A tensor of one column gives it its name; wider ones number theirs, unless the rows name the columns of the only one. */
const columnNames = (inputs: readonly Input[], header: readonly string[] | undefined): string[][] => {
  const [only] = inputs
  if (inputs.length === 1 && only && header?.length === only.width) return [unique(header)]
  const names = inputs.map(({ name, width }) => (width === 1 ? [name] : Array.from({ length: width }, (_, i) => `${name}_${i}`)))
  const all = unique(names.flat())
  if (header && (header.length !== all.length || header.some(name => !all.includes(name))))
    throw new Refused(`the rows have the columns ${shown(header)}; the file takes ${shown(all)}`)
  return names
}

const unique = (names: readonly string[]): string[] => {
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new Refused(`there are two columns of the name ${JSON.stringify(twice.slice(0, 64))}`)
  const bad = names.find(name => name === '' || name.length > 128)
  if (bad !== undefined) throw new Refused('a column has no name, or one of more than 128 characters')
  return [...names]
}

const shown = (names: readonly string[]): string =>
  names.slice(0, 6).join(', ').slice(0, 200) + (names.length > 6 ? ` and ${names.length - 6} more` : '')

const classCount = ({ outputs }: OnnxFile, names: readonly string[] | undefined): number => {
  const [label, probabilities] = ['label', 'probabilities'].map(name => outputs.find(each => each.name === name))
  if (outputs.length !== 2 || !label || !probabilities)
    throw new Refused(
      `the file has the outputs ${shown(outputs.map(({ name }) => name))}: export a classifier with exactly label and probabilities, with zipmap off`,
    )
  if (label.datatype !== 'INT64')
    throw new Refused(
      `output label is ${label.datatype}: export the model with classes 0, 1, 2 and so on, and name them in spec.import.labels`,
    )
  if (probabilities.datatype !== 'FP32') throw new Refused(`output probabilities is ${probabilities.datatype}: export it as 32-bit floats`)
  return checkedCount(probabilities.shape?.[1] ?? -1, names)
}

const checkedCount = (told: number, names: readonly string[] | undefined): number => {
  const classes = told > 0 ? told : (names?.length ?? 0)
  if (names && names.length !== classes)
    throw new Refused(`spec.import.labels has ${names.length} names, and the file answers ${classes} classes`)
  if (classes < 2 || classes > MOST_CLASSES)
    throw new Refused(
      told > 0
        ? `the file answers ${classes} classes: 2 to ${MOST_CLASSES} are served`
        : 'the file does not say how many classes it answers: name them in spec.import.labels',
    )
  return classes
}
