// What server pods say of themselves to somebody who asks them again and again, and believes no earlier answer.
import { label, port } from '../../../../operator/api/contract.ts'
import type { Pod } from '../../../../operator/plan/observed.ts'

export interface Said {
  at: number
  /** Undefined for whatever is not the answer of a healthy server. */
  digest: string | undefined
  version: string | undefined
}

const TIMEOUT_MS = 1000
const MOST_BYTES = 64 * 1024
const KEPT = 200

/** All answers, by pod. */
export class Answers {
  readonly #said = new Map<string, Said[]>()

  note(uid: string, said: Said): void {
    const all = this.#said.get(uid) ?? []
    this.#said.set(uid, [...all.slice(-KEPT), said])
  }

  /** Those since then, and the last one before: it held until then. */
  around(uid: string, since: number): Said[] {
    const all = this.#said.get(uid) ?? []
    const first = all.findIndex(({ at }) => at >= since)
    if (first < 0) return all.slice(-1)
    return all.slice(Math.max(0, first - 1))
  }
}

/** Asks every server pod that has an address, all at once. */
export const askAll = async (pods: readonly Pod[], answers: Answers): Promise<void> => {
  const asked = pods.filter(({ metadata, status }) => status?.podIP && metadata.labels?.[label.inferenceService])
  await Promise.all(asked.map(async pod => answers.note(pod.metadata.uid ?? '', await ask(pod.status?.podIP ?? ''))))
}

const ask = async (address: string): Promise<Said> => {
  try {
    const url = `http://${address}:${port.http}/health`
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) })
    const { status, digest, model_version } = JSON.parse(await beginning(answer)) as Record<string, string>
    return status === 'healthy'
      ? { at: Date.now(), digest, version: model_version }
      : { at: Date.now(), digest: undefined, version: undefined }
  } catch {
    return { at: Date.now(), digest: undefined, version: undefined }
  }
}

const beginning = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MOST_BYTES) throw new Error(`longer than ${MOST_BYTES} bytes`)
  }
  return Buffer.concat(chunks).toString('utf8')
}
