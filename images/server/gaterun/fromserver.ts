// The checks that ask the real server what a client would ask: whether it answers as Python did, in both protocols, and how fast.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { Refusal, type RefusalReason } from '../bundle/refusal.ts'
import { judgeLatency } from '../gate/budget.ts'
import { closeness, isClose, type Recorded, saidCloseness } from './closeness.ts'
import { type Connection, jsonOf } from './connection.ts'
import { goldenRows, inferBody, inferred, predicted, recordedGolden } from './golden.ts'
import { fail, type Judge, nothing, pass } from './judge.ts'
import { asUnusable } from './unusable.ts'

/** Cut off in the middle, so that it is wrong whatever columns the model has. */
const BROKEN = '{"features": ['

/** What lies in the bundle itself; everything else may be the machine's fault. */
const OF_THE_BUNDLE: readonly RefusalReason[] = ['BundleRefused', 'ManifestInvalid', 'ModelRefused', 'ParityFailed']

interface Question {
  path: string
  rows: number
  body: unknown
  read: (manifest: Manifest, body: unknown) => Recorded
}

const questions = (manifest: Manifest, model: string): Question[] => {
  const rows = goldenRows(manifest)
  return [
    { path: '/predict', rows: 1, body: { features: rows[0] }, read: predicted },
    { path: '/predict', rows: rows.length, body: { features: rows }, read: predicted },
    { path: `/v2/models/${encodeURIComponent(model)}/infer`, rows: rows.length, body: inferBody(manifest), read: inferred },
  ]
}

const counted = (rows: number) => (rows === 1 ? '1 row' : `${rows} rows`)

/** How far the answer was off, or the complaint about it. */
const asked = async (connection: Connection, manifest: Manifest, { path, rows, body, read }: Question) => {
  const reply = await connection.post(path, JSON.stringify(body))
  if (reply.status !== 200)
    return `${counted(rows)} to ${path} ${rows === 1 ? 'was' : 'were'} answered with ${reply.status}: ${reply.text.slice(0, 200)}`
  const close = closeness(recordedGolden(manifest, rows), read(manifest, jsonOf(reply)), manifest.golden.tolerance)
  return isClose(close) ? close.largest : `${path} answers ${counted(rows)} otherwise than Python did: ${saidCloseness(close)}`
}

const judgeAnswers = async (connection: Connection, manifest: Manifest, model: string) => {
  const found = []
  for (const question of questions(manifest, model)) found.push(await asked(connection, manifest, question))
  const complaint = found.find(one => typeof one === 'string')
  if (complaint !== undefined) return fail(complaint)
  const { status } = await connection.post('/predict', BROKEN)
  if (status !== 400) return fail(`a broken request was answered with ${status} instead of 400`)
  const largest = Math.max(...found.map(Number))
  return pass(
    `${counted(manifest.golden.rows.length)} to /predict and to the Open Inference Protocol answered as Python did (largest difference of a probability ${largest.toExponential(1)}); a broken request refused with 400`,
  )
}

export const smoke: Judge = async (_gate, { config, evidence }) => {
  try {
    const { connection } = await evidence.trial()
    return await judgeAnswers(connection, evidence.manifest('challenger'), config.model)
  } catch (error) {
    if (error instanceof Refusal && OF_THE_BUNDLE.includes(error.reason))
      return fail(`the server does not serve the bundle (${error.reason}): ${error.message}`)
    throw asUnusable(config.challenger.version, error)
  }
}

export const latency: Judge = async (gate, { evidence }) => {
  const { quantile = 0.99, atMost = Number.NaN } = gate
  const found = await evidence.latencies()
  return found.length > 0 ? judgeLatency(found, { quantile, atMost }) : nothing(gate, 'no latency was measured')
}
