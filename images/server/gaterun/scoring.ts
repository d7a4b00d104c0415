// Lets the model of a bundle answer rows in a session thread of the server: the same code, the same float32, the same checks.
import { type Batch, emptyBatch, put, type Signature, signatureOf } from '../codec/batch.ts'
import type { Answers } from '../gate/paired.ts'
import { limits } from '../limits.ts'
import { goldenBatch } from '../session/golden.ts'
import { Member, sessionScript } from '../session/member.ts'
import type { Answer, Loaded } from '../session/messages.ts'
import { within } from './deadline.ts'
import type { LockedRows } from './lockedrows.ts'
import { Unusable } from './unusable.ts'

/** Rows per run: enough to keep the runtime busy, few enough that a wide table stays small. */
const CHUNK = 4096
const CHUNK_MS = 120_000

export interface Scorer {
  /** What is answered to the rows that the manifest itself carries. */
  golden: () => Promise<Answer>
  score: (rows: LockedRows) => Promise<Answers>
  stop: () => Promise<unknown>
}

interface Span {
  from: number
  to: number
}

const batchOf = (signature: Signature, { columns }: LockedRows, { from, to }: Span): Batch => {
  const batch = emptyBatch(signature, to - from)
  for (const place of signature.places) {
    const cells = columns.get(place.column.name)
    if (!cells) throw new Unusable(`the test rows have no column ${place.column.name}`)
    for (let row = from; row < to; row++) put(batch, place, { row: row - from, value: cells[row] as number | string })
  }
  return batch
}

/** A thread that says why it failed before it rejects what it was asked. */
const startThread = () => {
  let cause = 'the thread ended'
  const note = (message: string) => {
    cause = message
  }
  const member = new Member(sessionScript, { free: () => {}, lost: note, failed: note })
  const run = async (batch: Batch): Promise<Answer> => {
    const answer = new Promise<Answer>((resolve, reject) => member.run({ batch, resolve, reject }))
    return within(CHUNK_MS, answer, `${batch.rows} rows were not answered`).catch((error: unknown) => {
      throw error instanceof Unusable ? error : new Unusable(`the model failed on the test rows: ${cause}`)
    })
  }
  return { member, run }
}

/** Resolves once the golden rows were answered as Python answered them; a model that cannot is a Refusal. */
export const openScorer = async (loaded: Loaded): Promise<Scorer> => {
  const { member, run } = startThread()
  try {
    await within(limits.load.timeoutMs, member.open({ kind: 'open', loaded }), 'the model was not opened')
  } catch (error) {
    await member.stop()
    throw error
  }
  const signature = signatureOf(loaded.manifest)
  const width = signature.labels.length
  const score = async (rows: LockedRows): Promise<Answers> => {
    const predicted = new Int32Array(rows.count)
    const probabilities = new Float32Array(rows.count * width)
    for (let from = 0; from < rows.count; from += CHUNK) {
      const answer = await run(batchOf(signature, rows, { from, to: Math.min(from + CHUNK, rows.count) }))
      predicted.set(answer.labels, from)
      probabilities.set(answer.probabilities, from * width)
    }
    return { labels: signature.labels, predicted, probabilities }
  }
  return { golden: () => run(goldenBatch(signature, loaded.manifest.golden)), score, stop: () => member.stop() }
}
