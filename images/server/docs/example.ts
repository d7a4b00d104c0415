// A request that works and the answer it gets: taken from the golden rows, so that no example can rot.
import type { Column } from '../codec/batch.ts'
import { float32 } from '../codec/float32.ts'
import { WHOLE_ROWS } from '../codec/infer.ts'
import type { Served } from '../dataplane.ts'

type Value = number | string | null

const shownValue = (column: Column, value: Value) =>
  column.type === 'number' && typeof value === 'number' ? float32(Math.fround(value)) : value

export const exampleRow = ({ loaded, signature }: Served): Value[] => {
  const rows = loaded.manifest.golden.rows as Value[][]
  const whole = rows.find(row => row.every(value => value !== null)) ?? (rows[0] as Value[])
  return signature.columns.map((column, i) => shownValue(column, whole[i] as Value))
}

const scores = ({ loaded, signature }: Served) => {
  const { golden } = loaded.manifest
  const row = Math.max(
    0,
    golden.rows.findIndex(values => values.every(value => value !== null)),
  )
  return {
    index: golden.labels[row] as number,
    values: (golden.probabilities[row] as number[]).map(p => float32(Math.fround(p))),
    signature,
  }
}

export const exampleNamed = (served: Served): Record<string, Value> => {
  const row = exampleRow(served)
  return Object.fromEntries(served.signature.columns.map((column, i) => [column.name, row[i] as Value]))
}

export const examplePrediction = (served: Served) => {
  const { index, values } = scores(served)
  const { labels } = served.signature
  return {
    prediction: labels[index],
    prediction_index: index,
    confidence_scores: Object.fromEntries(labels.map((label, i) => [label, values[i]])),
    result: labels[index],
  }
}

const envelope = ({ name, version }: Served) => ({
  model_name: name,
  model_version: version,
  request_id: '7a12d52d-27f5-4882-9f99-dcbc1f4054b0',
})

export const exampleAnswer = (served: Served) => ({ ...examplePrediction(served), ...envelope(served) })

export const exampleInfer = (served: Served) => {
  const row = exampleRow(served)
  const { columns, numeric } = served.signature
  if (numeric) return { id: '1', inputs: [{ name: WHOLE_ROWS, datatype: 'FP32', shape: [1, columns.length], data: row }] }
  const inputs = columns.map(({ name, type }, i) => ({ name, datatype: type === 'number' ? 'FP32' : 'BYTES', shape: [1], data: [row[i]] }))
  return { id: '1', inputs }
}

export const exampleInferAnswer = (served: Served) => {
  const { index, values, signature } = scores(served)
  return {
    model_name: served.name,
    model_version: served.version,
    id: '1',
    outputs: [
      { name: 'label', shape: [1], datatype: 'BYTES', data: [signature.labels[index]] },
      { name: 'label_index', shape: [1], datatype: 'INT64', data: [index] },
      { name: 'probabilities', shape: [1, values.length], datatype: 'FP32', data: values },
    ],
  }
}
