// A worker thread with one ONNX session: loads or opens a bundle, then answers batches one after the other.
import { type MessagePort, parentPort } from 'node:worker_threads'
import * as ort from 'onnxruntime-node'
import { loadBundle } from '../bundle/load.ts'
import { Refusal } from '../bundle/refusal.ts'
import { type Batch, type Signature, signatureOf } from '../codec/batch.ts'
import { checkParity, goldenBatch } from './golden.ts'
import type { Answer, FromWorker, Loaded, ToWorker } from './messages.ts'

interface Open {
  session: ort.InferenceSession
  signature: Signature
}

const port = parentPort as MessagePort
const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)

/** One thread per session: the pool has as many sessions as there are processors, and spinning threads would take them from each other. */
const options: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  executionProviders: ['cpu'],
  extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
}

const sameNames = (wanted: string[], found: readonly string[], what: string) => {
  if (wanted.length === found.length && wanted.every(name => found.includes(name))) return
  throw new Refusal('ModelRefused', `model.onnx has the ${what} ${found.join(', ')}; the manifest says ${wanted.join(', ')}.`)
}

const opened = async ({ manifest, model }: Loaded): Promise<Open> => {
  // The runtime refuses shared memory, so each session reads from a copy that is dropped once it is open.
  const session = await ort.InferenceSession.create(new Uint8Array(model).slice(), options).catch((error: unknown) => {
    throw new Refusal('ModelRefused', `model.onnx is not accepted by the runtime: ${firstLine(error)}`)
  })
  sameNames(
    manifest.onnx.inputs.map(t => t.name),
    session.inputNames,
    'inputs',
  )
  sameNames(
    manifest.onnx.outputs.map(t => t.name),
    session.outputNames,
    'outputs',
  )
  return { session, signature: signatureOf(manifest) }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 300) ?? ''

const feeds = ({ rows, blocks }: Batch): Record<string, ort.Tensor> =>
  Object.fromEntries(
    Object.entries(blocks).map(([name, { width, data }]) => [
      name,
      data instanceof Float32Array ? new ort.Tensor('float32', data, [rows, width]) : new ort.Tensor('string', data, [rows, width]),
    ]),
  )

const answerOf = (labels: ort.Tensor, probabilities: ort.Tensor, { rows, classes }: { rows: number; classes: number }): Answer => {
  const indexes = Int32Array.from(labels.data as BigInt64Array, Number)
  const scores = probabilities.data as Float32Array
  if (indexes.length !== rows || scores.length !== rows * classes) throw new Error(`the model answered ${indexes.length} rows for ${rows}`)
  if (indexes.some(index => index < 0 || index >= classes)) throw new Error('the model answered a label that the manifest does not name')
  if (scores.some(score => !Number.isFinite(score))) throw new Error('the model answered a probability that is no number')
  return { labels: indexes, probabilities: Float32Array.from(scores) }
}

const run = async ({ session, signature }: Open, batch: Batch): Promise<Answer> => {
  const { label, probabilities } = await session.run(feeds(batch), ['label', 'probabilities'])
  return answerOf(label as ort.Tensor, probabilities as ort.Tensor, { rows: batch.rows, classes: signature.labels.length })
}

/** The replay is also the warm-up: the first client meets a session that has already run. */
const replayed = async (loaded: Loaded): Promise<Open> => {
  const open = await opened(loaded)
  const batch = goldenBatch(open.signature, loaded.manifest.golden)
  const answer = await run(open, batch).catch((error: unknown) => {
    throw new Refusal('ParityFailed', `The golden rows could not be answered: ${firstLine(error)}`)
  })
  checkParity(loaded.manifest, answer)
  return open
}

let open: Promise<Open>

const start = (loaded: () => Loaded, prepare = replayed) => {
  open = Promise.resolve().then(async () => {
    const bundle = loaded()
    const session = await prepare(bundle)
    send({ kind: 'loaded', loaded: bundle })
    return session
  })
  open.catch((error: unknown) => {
    const reason = error instanceof Refusal ? error.reason : 'LoadFailed'
    send({
      kind: 'refused',
      reason,
      message: error instanceof Refusal ? error.message : 'The bundle could not be loaded; the log of the server says more.',
    })
    if (!(error instanceof Refusal)) console.error(error)
  })
}

const answer = async (id: number, batch: Batch) => {
  try {
    const result = await run(await open, batch)
    send({ kind: 'answer', id, answer: result }, [result.labels.buffer as ArrayBuffer, result.probabilities.buffer as ArrayBuffer])
  } catch (error) {
    send({ kind: 'failed', id, message: firstLine(error) })
  }
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'load') start(() => loadBundle(message.folder, message.digest))
  else if (message.kind === 'open') start(() => message.loaded)
  else if (message.kind === 'probe') start(() => message.loaded, opened)
  else void answer(message.id, message.batch)
})
