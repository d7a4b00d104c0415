// Decides what a pod may answer: a small JSON document of a known shape, soon, from itself; anything else is a problem in words.
import { Client, type Dispatcher } from 'undici'
import type { Infer, Schema } from '../api/schema.ts'
import { validate } from '../api/validate.ts'

export interface Question<S extends Schema<unknown>> {
  /** The pod's IP; a name is refused, because names can be made to lead elsewhere. */
  address: string
  port: number
  path: string
  schema: S
  /** Statuses of an answer that carries the document. Default: 200. */
  statuses?: readonly number[]
  timeoutMs?: number
}

export type Told<Value> = { value: Value; status: number } | { problem: string }

const longestMs = 2000
const mostBytes = 64 * 1024

/** Never throws: a pod that does not answer is an observation, not a failure of ours. Redirects are not followed. */
export const ask = async <S extends Schema<unknown>>(question: Question<S>): Promise<Told<Infer<S>>> => {
  const origin = originOf(question)
  if (!origin) return { problem: `${JSON.stringify(question.address)} is not an IP address` }
  const timeoutMs = question.timeoutMs ?? longestMs
  const signal = AbortSignal.timeout(timeoutMs)
  // A connection of its own for each question: pods come and go, and none can keep one of ours open.
  const client = new Client(origin, { allowH2: false, maxHeaderSize: 8192 })
  try {
    return await understood(
      question,
      await client.request({ method: 'GET', path: question.path, signal, headers: { accept: 'application/json' } }),
    )
  } catch (error) {
    return { problem: signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error) }
  } finally {
    client.destroy().catch(() => undefined)
  }
}

const originOf = ({ address, port }: Question<Schema<unknown>>): string | undefined => {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(address)) return `http://${address}:${port}`
  return /^[0-9a-f:]*:[0-9a-f:.]*$/i.test(address) ? `http://[${address}]:${port}` : undefined
}

const understood = async <S extends Schema<unknown>>(question: Question<S>, answer: Dispatcher.ResponseData): Promise<Told<Infer<S>>> => {
  const { statuses = [200], schema } = question
  const status = answer.statusCode
  if (!statuses.includes(status)) return { problem: `the pod answered with status ${status}` }
  const type = answer.headers['content-type']
  if (!/^application\/json\s*(;|$)/i.test(String(type))) return { problem: 'the answer is not JSON' }
  const checked = validate(schema, JSON.parse(await textOf(answer.body)))
  if ('value' in checked) return { value: checked.value, status }
  return { problem: `the answer does not have the expected shape: ${checked.complaints[0]}` }
}

const textOf = async (body: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
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
