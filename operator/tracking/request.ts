// Decides what a tracking server may answer: JSON of bounded size, soon; anything else is an error that says what was tried and why it failed.
import { causeOf } from '../runtime/errors.ts'

export interface Server {
  /** Where it listens, such as http://mlflow:5000; may end in a path. */
  uri: string
  /** Sent as a bearer token. */
  token?: string
  timeoutMs?: number
}

export interface Exchange {
  method: 'GET' | 'POST' | 'DELETE'
  /** Below /api/2.0/mlflow, such as `registered-models/get`. */
  path: string
  query?: Record<string, string>
  body?: object
}

/** Any of these may be slow on a busy server; none is worth waiting longer for, because it is tried again. */
const usualTimeoutMs = 5000
const mostBytes = 4 * 1024 * 1024

export class TrackingError extends Error {
  /** HTTP status; 0 when no answer came. */
  readonly status: number
  /** MLflow's own word, such as RESOURCE_DOES_NOT_EXIST; empty when the answer was not MLflow's. */
  readonly code: string

  constructor(attempt: string, { status, code = '', why }: { status: number; code?: string; why: string }) {
    super(`${attempt}: ${why}`)
    this.name = 'TrackingError'
    this.status = status
    this.code = code
  }

  /** The answer is about what was asked for, not about the server or the way to it. */
  get isAboutTheRequest(): boolean {
    return this.code !== '' && [400, 404, 409].includes(this.status)
  }
}

/** Redirects are not followed: a token must not go where the configuration does not say. */
export const exchange = async (server: Server, { method, path, query, body }: Exchange): Promise<unknown> => {
  const timeoutMs = server.timeoutMs ?? usualTimeoutMs
  const signal = AbortSignal.timeout(timeoutMs)
  const attempt = `${method} ${path}`
  const headers = {
    accept: 'application/json',
    ...(body && { 'content-type': 'application/json' }),
    ...(server.token && { authorization: `Bearer ${server.token}` }),
  }
  try {
    const answer = await fetch(addressOf(server, path, query), {
      method,
      headers,
      signal,
      redirect: 'manual',
      ...(body && { body: JSON.stringify(body) }),
    })
    return understood(attempt, answer.status, await textOf(answer))
  } catch (error) {
    if (error instanceof TrackingError) throw error
    throw new TrackingError(attempt, { status: 0, why: signal.aborted ? `no answer within ${timeoutMs} ms` : causeOf(error) })
  }
}

const addressOf = ({ uri }: Server, path: string, query: Record<string, string> = {}): string => {
  const parameters = new URLSearchParams(query).toString()
  return `${uri.replace(/\/+$/, '')}/api/2.0/mlflow/${path}${parameters && `?${parameters}`}`
}

const textOf = async ({ body }: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const understood = (attempt: string, status: number, text: string): unknown => {
  const said = parsed(text)
  if (status === 200 && said) return said
  if (status === 200) throw new TrackingError(attempt, { status, why: 'the answer is not a JSON object: is this an MLflow server?' })
  const code = wordOf(said?.['error_code'])
  const why = [status, code, wordOf(said?.['message']) || brief(text)].filter(part => part !== '').join(' ')
  throw new TrackingError(attempt, { status, code, why: `${why}${hintFor(status, text)}` })
}

const parsed = (text: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

const wordOf = (value: unknown): string => (typeof value === 'string' ? brief(value) : '')

const brief = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300)

const hintFor = (status: number, text: string): string =>
  status === 403 && /invalid host/i.test(text)
    ? '; the server does not know the name that it is called by: add it to MLFLOW_SERVER_ALLOWED_HOSTS there, with and without the port'
    : ''
