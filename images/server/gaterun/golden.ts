// The golden rows of a manifest as requests of a client, and what the server answered to them as numbers.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { float32 } from '../codec/float32.ts'
import type { Recorded } from './closeness.ts'

/** As a client would write them: 0.1, not 0.10000000149011612, which lies above a largest value of 0.1. */
export const goldenRows = ({ golden }: Manifest): unknown[][] =>
  golden.rows.map(row => row.map(value => (typeof value === 'number' ? float32(value) : value)))

export const recordedGolden = ({ golden }: Manifest, rows = golden.rows.length): Recorded => ({
  labels: golden.labels.slice(0, rows),
  probabilities: golden.probabilities.slice(0, rows).flat(),
})

/** The body of an inference request of the Open Inference Protocol: one tensor per column. */
export const inferBody = (manifest: Manifest) => {
  const rows = goldenRows(manifest)
  const inputs = manifest.inputs.map(({ name, type }, i) => ({
    name,
    datatype: type === 'number' ? 'FP32' : 'BYTES',
    shape: [rows.length],
    data: rows.map(row => row[i]),
  }))
  return { inputs }
}

interface Prediction {
  prediction?: unknown
  confidence_scores?: Record<string, unknown>
}

const asNumber = (value: unknown) => (typeof value === 'number' ? value : Number.NaN)

/** Answers of /predict, one or many; what is not there is not a number, and so is never close to anything. */
export const predicted = ({ labels }: Manifest, body: unknown): Recorded => {
  const { predictions } = (body ?? {}) as { predictions?: unknown }
  const all = (Array.isArray(predictions) ? predictions : [body]) as (Prediction | null | undefined)[]
  return {
    labels: all.map(one => labels.indexOf(String(one?.prediction))),
    probabilities: all.flatMap(one => labels.map(label => asNumber(one?.confidence_scores?.[label]))),
  }
}

interface Output {
  name?: unknown
  data?: unknown
}

const dataOf = (body: unknown, name: string): unknown[] => {
  const { outputs } = (body ?? {}) as { outputs?: unknown }
  const found = Array.isArray(outputs) ? (outputs as (Output | null)[]).find(output => output?.name === name)?.data : undefined
  return Array.isArray(found) ? found : []
}

export const inferred = ({ labels }: Manifest, body: unknown): Recorded => ({
  labels: dataOf(body, 'label').map(label => labels.indexOf(String(label))),
  probabilities: dataOf(body, 'probabilities').map(asNumber),
})
