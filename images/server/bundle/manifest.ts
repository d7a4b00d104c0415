// Turns the bytes of manifest.json into a Manifest whose parts agree with each other, or says which do not.
import { Manifest } from '../../../operator/api/bundle.ts'
import { validate } from '../../../operator/api/validate.ts'
import { Refusal } from './refusal.ts'

type Check = (manifest: Manifest) => string | undefined

const duplicate = (names: string[]) => names.find((name, index) => names.indexOf(name) !== index)

const uniqueNames: Check = ({ inputs, labels }) => {
  const input = duplicate(inputs.map(i => i.name))
  if (input !== undefined) return `inputs names ${input} twice`
  const label = duplicate(labels)
  return label === undefined ? undefined : `labels names ${label} twice`
}

const tensorOf = { number: 'FP32', category: 'BYTES' } as const

const tensorsCarryColumns: Check = ({ inputs, onnx }) => {
  const carried = onnx.inputs.flatMap(tensor => tensor.columns ?? [])
  if (carried.length !== inputs.length || duplicate(carried) !== undefined) return 'onnx.inputs must carry each column of inputs once'
  for (const input of inputs) {
    const tensor = onnx.inputs.find(t => t.columns?.includes(input.name))
    if (tensor === undefined) return `onnx.inputs carries no column ${input.name}`
    if (tensor.datatype !== tensorOf[input.type])
      return `${input.name} is a ${input.type}, but its tensor ${tensor.name} is ${tensor.datatype}`
  }
  return undefined
}

const tensorsHaveWidth: Check = ({ onnx }) => {
  const wrong = onnx.inputs.find(t => t.shape.length !== 2 || t.shape[0] !== -1 || t.shape[1] !== t.columns?.length)
  return wrong && `onnx.inputs ${wrong.name} must have the shape [-1, ${wrong.columns?.length ?? 0}]`
}

const outputsAreKnown: Check = ({ onnx, labels }) => {
  const label = onnx.outputs.find(t => t.name === 'label')
  if (label?.datatype !== 'INT64') return 'onnx.outputs must have an INT64 tensor label'
  const probabilities = onnx.outputs.find(t => t.name === 'probabilities')
  if (probabilities?.datatype !== 'FP32') return 'onnx.outputs must have an FP32 tensor probabilities'
  return probabilities.shape[1] === labels.length
    ? undefined
    : `onnx.outputs probabilities must have ${labels.length} columns, one per label`
}

const goldenIsWhole: Check = ({ golden, inputs, labels }) => {
  if (golden.labels.length !== golden.rows.length) return 'golden.labels must have one label per row'
  if (golden.probabilities.length !== golden.rows.length) return 'golden.probabilities must have one list per row'
  if (golden.rows.some(row => row.length !== inputs.length)) return `golden.rows must have ${inputs.length} values each`
  if (golden.probabilities.some(row => row.length !== labels.length)) return `golden.probabilities must have ${labels.length} values each`
  if (golden.labels.some(label => label < 0 || label >= labels.length)) return `golden.labels must be below ${labels.length}`
  return golden.tolerance > 0 && golden.tolerance <= 0.01
    ? undefined
    : `golden.tolerance must be above 0 and at most 0.01; got ${golden.tolerance}`
}

const checks: Check[] = [uniqueNames, tensorsCarryColumns, tensorsHaveWidth, outputsAreKnown, goldenIsWhole]

const parsed = (bytes: Uint8Array): unknown => {
  try {
    // A copy, because a decoder refuses shared memory.
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice()))
  } catch {
    throw new Refusal('ManifestInvalid', 'manifest.json is not JSON. Run the training again.')
  }
}

export const manifestOf = (bytes: Uint8Array): Manifest => {
  const checked = validate(Manifest, parsed(bytes))
  if ('complaints' in checked) {
    throw new Refusal('ManifestInvalid', `manifest.json: ${checked.complaints[0]}. Run the training again with a trainer of this release.`)
  }
  const manifest = checked.value
  const wrong = checks.map(check => check(manifest)).find(message => message !== undefined)
  if (wrong !== undefined) throw new Refusal('ManifestInvalid', `manifest.json contradicts itself: ${wrong}.`)
  return manifest
}
