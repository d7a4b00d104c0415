// Decides what a sink may answer: 2xx, soon; anything else is trouble with this event or with the sink, in words. What it says beyond its status is not read.
import { readFile } from 'node:fs/promises'
import { Agent } from 'undici'
import { causeOf } from '../runtime/errors.ts'
import type { CloudEvent } from './event.ts'

export interface SinkOptions {
  /** Where events are posted; redirects are not followed, for the token must not go where the configuration does not say. */
  uri: string
  /** A file with a bearer token. It is read each time, because a mounted Secret changes in place. */
  tokenFile?: string
  timeoutMs?: number
}

export interface Trouble {
  /** Event: the sink will not take this one. Ledger: it is not there to be sent. Sink: none is taken until a person acts. Away: it comes back by itself. */
  with: 'event' | 'ledger' | 'sink' | 'away'
  why: string
  /** How long the sink wants to be left alone. */
  retryAfterMs?: number
}

const usualTimeoutMs = 5000
/** More than that is not worth reading to keep a connection. */
const mostBytes = 16 * 1024

/** Structured mode: the whole event is the body, so what keeps or forwards bodies keeps the id. */
const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8', 'user-agent': 'tidegate' }

/** The connections to one sink, apart from all others. It owns sockets, so it has an end: `close`. */
export class Sink {
  readonly #url: URL
  readonly #tokenFile: string | undefined
  readonly #timeoutMs: number
  readonly #agent: Agent

  constructor({ uri, tokenFile, timeoutMs = usualTimeoutMs }: SinkOptions) {
    this.#url = new URL(uri)
    this.#tokenFile = tokenFile
    this.#timeoutMs = timeoutMs
    this.#agent = new Agent({ allowH2: false, connections: 1, maxHeaderSize: 16_384 })
  }

  /** Undefined when the sink has taken it. Never throws: what a sink does is an observation. */
  async post(event: CloudEvent): Promise<Trouble | undefined> {
    const signal = AbortSignal.timeout(this.#timeoutMs)
    const { origin, pathname, search } = this.#url
    const authorization = await this.#authorization()
    if ('why' in authorization) return authorization
    try {
      const {
        statusCode,
        headers: answered,
        body,
      } = await this.#agent.request({
        origin,
        path: `${pathname}${search}`,
        method: 'POST',
        headers: { ...headers, ...authorization },
        body: JSON.stringify(event),
        signal,
      })
      await body.dump({ limit: mostBytes, signal }).catch(() => undefined)
      return troubleOf(statusCode, Number(answered['retry-after']))
    } catch (error) {
      return { with: 'away', why: signal.aborted ? `no answer within ${this.#timeoutMs} ms` : causeOf(error) }
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy()
  }

  /** Without its token nothing is sent at all. */
  async #authorization(): Promise<{ authorization?: string } | Trouble> {
    if (this.#tokenFile === undefined) return {}
    try {
      const token = (await readFile(this.#tokenFile, 'utf8')).trim()
      if (/^[!-~]{1,8192}$/.test(token)) return { authorization: `Bearer ${token}` }
      return {
        with: 'sink',
        why: `the token in ${this.#tokenFile} is empty, longer than 8192 characters, or holds spaces or control characters`,
      }
    } catch (error) {
      return { with: 'sink', why: `the token cannot be read: ${causeOf(error)}` }
    }
  }
}

/** The sink understood that it was asked to take this event, and will not. */
const aboutTheEvent = [400, 413, 415, 422]
/** Statuses below 500 after which it may take the same event without anybody having acted. */
const passing = [408, 409, 425, 429]

const troubleOf = (status: number, retryAfterSeconds: number): Trouble | undefined => {
  if (status >= 200 && status < 300) return undefined
  const why = `the sink answered ${status}${hintFor(status)}`
  if (aboutTheEvent.includes(status)) return { with: 'event', why }
  const isAway = status >= 500 || passing.includes(status)
  return { with: isAway ? 'away' : 'sink', why, ...(retryAfterSeconds > 0 && { retryAfterMs: retryAfterSeconds * 1000 }) }
}

const hintFor = (status: number): string => {
  if (status >= 300 && status < 400) return ': redirects are not followed, so give the address that it leads to'
  if (status === 401 || status === 403) return ': check the token'
  return status === 404 || status === 405 || status === 410 ? ': check the address' : ''
}
