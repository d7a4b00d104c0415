// predict: one request to an InferenceService, through the API server's service proxy: it needs no way into the cluster but the kubeconfig.
import type { InferenceService } from '../../api/inferenceservice.ts'
import { inferenceServices } from '../../controllers/resources.ts'
import { failed, parse, unreachable } from '../../runtime/requests.ts'
import type { Flags } from '../arguments.ts'
import { type Cluster, find } from '../cluster.ts'
import { Failure, UsageError } from '../failure.ts'
import { read } from '../file.ts'
import { plain, table } from '../table.ts'
import { digits } from '../versions.ts'
import type { Result, Verb } from './verb.ts'

const answerWithinMs = 30_000

interface Reply {
  status: number
  body: unknown
}

export const predict: Verb = async ({ cluster, names: [name = ''], flags }) => {
  const body = bodyOf(flags)
  const { status, body: answer } = flags.direct ? await direct(cluster, name, body) : await proxied(cluster, name, body)
  return status === 200 ? { object: answer, text: inWords(answer) } : refused(status, answer)
}

const bodyOf = ({ features, file }: Flags): string => {
  if ((features === undefined) === (file === undefined))
    throw new UsageError('predict needs one of --features and --file: a row, or a file with the JSON body')
  if (file !== undefined) return read(file)
  const row = parse(features ?? '')
  if (typeof row === 'object' && row !== null) return JSON.stringify(Array.isArray(row) ? { features: row } : row)
  return JSON.stringify({ features: (features ?? '').split(',').map(cell) })
}

/** Numbers are numbers; an empty cell is missing; everything else is a text. */
const cell = (written: string): unknown => {
  const text = written.trim()
  if (text === '') return null
  return Number.isFinite(Number(text)) ? Number(text) : text
}

const proxied = async (cluster: Cluster, name: string, body: string): Promise<Reply> => {
  const { connection, namespace } = cluster
  const place = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${encodeURIComponent(name)}`
  const attempt = `POST services/proxy ${namespace}/${name}`
  const answer = await connection.call({ method: 'POST', path: `${place}:http/proxy/predict`, body }).catch((error: unknown) => {
    throw unreachable(attempt, error)
  })
  const read = parse(await answer.body.text())
  // The API server refuses in its own shape; everything else is the word of the model server.
  const isStatus = (read as { kind?: string } | undefined)?.kind === 'Status'
  if (isStatus && answer.status === 404) await find(cluster, inferenceServices, name)
  if (isStatus) throw failed(attempt, answer, read)
  return { status: answer.status, body: read }
}

const direct = async (cluster: Cluster, name: string, body: string): Promise<Reply> => {
  const { status } = await find<InferenceService>(cluster, inferenceServices, name)
  if (!status?.url) throw new Failure(`InferenceService ${name} has no status.url yet: leave out --direct, or look at its conditions`)
  const url = `${status.url.replace(/\/$/, '')}/predict`
  const init = { method: 'POST', body, headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(answerWithinMs) }
  const answer = await fetch(url, init).catch((error: unknown) => {
    throw new Failure(`${url} does not answer: leave out --direct to go through the API server`, { cause: error })
  })
  return { status: answer.status, body: parse(await answer.text()) }
}

interface Prediction {
  prediction?: string
  confidence_scores?: Record<string, number>
}

interface Answer extends Prediction {
  predictions?: Prediction[]
  model_name?: string
  model_version?: string
}

const inWords = (answer: unknown): string => {
  const { predictions, model_name, model_version, ...one } = (answer ?? {}) as Answer
  const rows = (predictions ?? [one]).map(({ prediction, confidence_scores }) => [prediction ?? '-', scores(confidence_scores)])
  return `${table(['PREDICTION', 'CONFIDENCE'], rows)}\nby ${plain(`${model_name} version ${model_version}`)}`
}

const scores = (by: Record<string, number> = {}): string =>
  Object.entries(by)
    .toSorted(([, a], [, b]) => b - a)
    .map(([label, score]) => `${label} ${digits(score)}`)
    .join(', ')

const refused = (status: number, answer: unknown): Result => {
  const { error } = (answer ?? {}) as { error?: string }
  return { object: answer ?? { status }, text: plain(`error: the server answers ${status}: ${error ?? 'without a word'}`), exitCode: 1 }
}
