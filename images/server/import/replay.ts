// Opens a model in a session thread of the server: to replay golden rows, or to find out what it answers to rows.
import { type Batch, emptyBatch, put, signatureOf } from '../codec/batch.ts'
import { within } from '../gaterun/deadline.ts'
import { limits } from '../limits.ts'
import { Member, sessionScript } from '../session/member.ts'
import type { Answer, Loaded } from '../session/messages.ts'
import { Refused } from './refused.ts'
import type { Cell } from './rows.ts'

/** Rows per run. */
const CHUNK = 4096
const CHUNK_MS = 120_000

const opened = async <V>(kind: 'open' | 'probe', loaded: Loaded, work: (member: Member, why: () => string) => Promise<V>): Promise<V> => {
  let cause = 'the thread ended'
  const note = (message: string) => {
    cause = message
  }
  const member = new Member(sessionScript, { free: () => {}, lost: note, failed: note })
  try {
    await within(limits.load.timeoutMs, member.open({ kind, loaded }), 'the model was not opened')
    return await work(member, () => cause)
  } finally {
    await member.stop()
  }
}

/** Throws a Refusal unless the golden rows are answered as they were. */
export const replay = (loaded: Loaded): Promise<void> => opened('open', loaded, async () => {})

/** What the model answers to rows in the order of the manifest's inputs; nothing is known of it before. */
export const answers = (loaded: Loaded, rows: readonly (readonly Cell[])[]): Promise<Answer> =>
  opened('probe', loaded, async (member, why) => {
    const width = loaded.manifest.labels.length
    const all: Answer = { labels: new Int32Array(rows.length), probabilities: new Float32Array(rows.length * width) }
    for (let from = 0; from < rows.length; from += CHUNK) {
      const batch = batchOf(loaded, rows.slice(from, from + CHUNK))
      const answer = await within(CHUNK_MS, run(member, batch), 'the model did not answer').catch(() => {
        throw new Refused(
          `the model does not answer rows as its file promises: ${why()}; check spec.import.labels and the outputs of the file`,
        )
      })
      all.labels.set(answer.labels, from)
      all.probabilities.set(answer.probabilities, from * width)
    }
    return all
  })

const run = (member: Member, batch: Batch): Promise<Answer> => new Promise((resolve, reject) => member.run({ batch, resolve, reject }))

const batchOf = ({ manifest }: Loaded, rows: readonly (readonly Cell[])[]): Batch => {
  const signature = signatureOf(manifest)
  const batch = emptyBatch(signature, rows.length)
  for (const [row, cells] of rows.entries()) {
    for (const [i, place] of signature.places.entries()) put(batch, place, { row, value: cells[i] ?? null })
  }
  return batch
}
