// Decides what a pod may answer: a small JSON document of a known shape, soon, from itself; anything else is a problem in words.
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { isIP } from 'node:net'
import type { Infer, Schema } from '../api/schema.ts'
import { validate } from '../api/validate.ts'

export interface Question<S extends Schema<unknown>> {
  /** The pod's IP; a name is refused, because names can be made to lead elsewhere. */
  address: string
  port: number
  path: string
  schema: S
  /** Answers that carry the document. Default: 200. */
  statuses?: readonly number[]
  timeoutMs?: number
}

export type Told<Value> = { value: Value; status: number } | { problem: string }

const longestMs = 2000
const mostBytes = 64 * 1024

/** Never throws: a pod that does not answer is an observation, not a failure of ours. */
export const ask = async <S extends Schema<unknown>>(question: Question<S>): Promise<Told<Infer<S>>> => {
  if (isIP(question.address) === 0) return { problem: `${JSON.stringify(question.address)} is not an IP address` }
  const signal = AbortSignal.timeout(question.timeoutMs ?? longestMs)
  try {
    const answer = await answerOf(get(question, signal))
    return await understood(question, answer)
  } catch (error) {
    return { problem: signal.aborted ? `no answer within ${question.timeoutMs ?? longestMs} ms` : reasonOf(error) }
  }
}

/** Without an agent each question has its own connection: pods come and go, and none can keep one of ours open. */
const get = ({ address, port, path }: Question<Schema<unknown>>, signal: AbortSignal): ClientRequest =>
  request({ method: 'GET', host: address, port, path, agent: false, signal, maxHeaderSize: 8192, headers: { accept: 'application/json' } })

const answerOf = (call: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    call.on('response', resolve).on('error', reject)
    // Answers before the answer and switches of protocol are nothing we asked for.
    call.on('upgrade', (_answer, socket) => {
      socket.destroy()
      reject(new Error('the pod switched protocols'))
    })
    call.end()
  })

const understood = async <S extends Schema<unknown>>(question: Question<S>, answer: IncomingMessage): Promise<Told<Infer<S>>> => {
  const status = answer.statusCode ?? 0
  const refused = refusal(question, answer)
  if (refused) {
    answer.destroy()
    return { problem: refused }
  }
  const checked = validate(question.schema, JSON.parse(await textOf(answer)))
  return 'value' in checked
    ? { value: checked.value, status }
    : { problem: `the answer does not have the expected shape: ${checked.complaints[0]}` }
}

const refusal = ({ statuses = [200] }: Question<Schema<unknown>>, answer: IncomingMessage): string | undefined => {
  const status = answer.statusCode ?? 0
  if (!statuses.includes(status)) return `the pod answered with status ${status}`
  const type = answer.headers['content-type'] ?? ''
  return /^application\/json\s*(;|$)/i.test(type) ? undefined : 'the answer is not JSON'
}

const textOf = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    size += chunk.length
    // Leaving the loop destroys the connection.
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const reasonOf = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'the answer is not JSON'
  const { code, message } = error as { code?: string; message?: string }
  return code ? `the pod cannot be reached (${code})` : (message ?? 'unknown')
}
