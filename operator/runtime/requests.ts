// Decides what an answer means and whether a request may be tried again: nothing is retried that might happen twice.
import { type Clock, pause } from './clock.ts'
import type { Answer, Call, Connection } from './connection.ts'
import { ApiError, causeOf } from './errors.ts'
import { createLeftAlone } from './leftalone.ts'

export interface RequestOptions {
  connection: Connection
  clock: Clock
  /** Called for every answer; code is `<error>` when none came, as in client-go's metric. */
  onAnswer?: (method: string, code: string) => void
  /** Asked at the last moment before a request that changes something: within how many milliseconds it must be over. Throws when none may begin. */
  fence?: () => number
}

export type Send = (call: Call, name: string) => Promise<unknown>

const longestWaitMs = 5000
/** However long a server wants to be left alone, it is asked again after this. */
const longestLeftAloneMs = 30_000
const retriesOfGet = [100, 500]
const longestMessage = 2000

export interface Status {
  kind?: string
  code?: number
  reason?: string
  message?: string
  details?: { retryAfterSeconds?: number }
}

/** What the server said, cut to what fits into a condition; never the raw body. */
export const failed = (attempt: string, answer: Pick<Answer, 'status' | 'retryAfterSeconds'>, body: unknown): ApiError => {
  const status = (typeof body === 'object' && body !== null ? body : {}) as Status
  const retryAfterSeconds = answer.retryAfterSeconds ?? status.details?.retryAfterSeconds
  return new ApiError({
    attempt,
    status: answer.status,
    reason: status.reason || (answer.status === 429 ? 'TooManyRequests' : 'Unknown'),
    message: (status.message ?? 'the answer carries no message').slice(0, longestMessage),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
}

export const unreachable = (attempt: string, cause: unknown): ApiError => {
  // A DOMException has a number for a code; its name says what it is.
  const { code, name } = cause as { code?: unknown; name?: string }
  const timedOut = name === 'TimeoutError' || (typeof code === 'string' && code.endsWith('_TIMEOUT'))
  const message = timedOut ? 'the API server did not answer in time' : `the API server cannot be reached: ${causeOf(cause)}`
  return new ApiError({ attempt, status: 0, reason: timedOut ? 'Timeout' : 'Unreachable', message, cause })
}

export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // A proxy's HTML page, or an answer cut short: the status code says enough.
    return undefined
  }
}

/**
 * 429 means "not done": any request may be tried again. Everything else is retried for GET alone.
 * A server that wants to be left alone for longer is not asked here: the caller waits, and does other things meanwhile.
 */
const waitBefore = (call: Call, error: unknown, tries: number): number | undefined => {
  if (!(error instanceof ApiError) || call.once) return undefined
  const toldMs = toldMsOf(error)
  if (toldMs > longestWaitMs) return undefined
  if (error.status === 429 && tries < 2) return toldMs || 1000
  if (call.method !== 'GET' || (error.status !== 0 && error.status < 500)) return undefined
  const ownMs = retriesOfGet[tries]
  return ownMs && Math.max(ownMs, toldMs)
}

const toldMsOf = (error: unknown): number => (error instanceof ApiError ? (error.retryAfterSeconds ?? 0) * 1000 : 0)

/** In the server's own words, but without asking it. */
const refuseBefore = (leftMs: number, attempt: string): void => {
  if (leftMs <= 0) return
  const message = `the API server wants not to be asked for ${(leftMs / 1000).toFixed(1)} s more`
  throw new ApiError({ attempt, status: 429, reason: 'TooManyRequests', message, retryAfterSeconds: leftMs / 1000 })
}

export const createSend = (options: RequestOptions): Send => {
  const exchange = async (call: Call, attempt: string): Promise<{ answer: Answer; body: unknown }> => {
    try {
      const answer = await options.connection.call(call, call.method === 'GET' ? undefined : options.fence)
      const text = await answer.body.text()
      options.onAnswer?.(call.method, String(answer.status))
      return { answer, body: parse(text) }
    } catch (error) {
      if (error instanceof ApiError) throw error
      options.onAnswer?.(call.method, '<error>')
      throw unreachable(attempt, error)
    }
  }

  const once = async (call: Call, attempt: string): Promise<unknown> => {
    const { answer, body } = await exchange(call, attempt)
    if (answer.status >= 200 && answer.status < 300) return body
    throw failed(attempt, answer, body)
  }

  const leftAlone = createLeftAlone(options.clock)

  const send = async (call: Call, name: string, tries = 0): Promise<unknown> => {
    const request = `${call.method} ${call.path}`
    try {
      refuseBefore(leftAlone.left(request), `${call.method} ${name}`)
      return await once(call, `${call.method} ${name}`)
    } catch (error) {
      const wait = waitBefore(call, error, tries)
      if (wait === undefined) {
        const toldMs = toldMsOf(error)
        if (toldMs > longestWaitMs && !call.once && leftAlone.left(request) === 0)
          leftAlone.ask(request, Math.min(toldMs, longestLeftAloneMs))
        throw error
      }
      await pause(options.clock, wait)
    }
    return await send(call, name, tries + 1)
  }

  return (call, name) => send(call, name)
}
