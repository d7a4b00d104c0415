// Decides how bytes reach the API server: which credentials, which shared connections, how long an answer may take.
import { createHash } from 'node:crypto'
import type { RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { Agent, type Dispatcher } from 'undici'
import type { Clock } from './clock.ts'

export interface ConnectionOptions {
  /** Reads the configuration anew; called at the start and after a 401. */
  load: () => KubeConfig
  clock: Clock
  /** Connections for calls; watches have one each, elsewhere, so that neither can starve the other. */
  callConnections?: number
  callTimeoutMs?: number
  /** How old credentials may be before files are read again. */
  refreshMs?: number
  /** Who we are in the API server's audit log. */
  userAgent?: string
}

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: string
  contentType?: string
  /** Whoever asks has a pace of its own for asking again. */
  once?: boolean
}

export interface Answer {
  status: number
  retryAfterSeconds?: number
  body: Dispatcher.ResponseData['body']
}

export interface Stream {
  signal: AbortSignal
  /** Silence after which the connection counts as dead. */
  silenceMs: number
}

interface Line {
  origin: string
  base: string
  headers: Record<string, string>
  calls: Agent
  watches: Agent
  fingerprint: string
}

interface Credentials {
  server: URL
  tls: Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized' | 'servername'>
  headers: Record<string, string>
}

const readCredentials = async (config: KubeConfig): Promise<Credentials> => {
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error('no cluster in the kubeconfig: set KUBECONFIG, choose a current context, or run in a cluster')
  if (cluster.proxyUrl) throw new Error(`proxy-url of cluster ${cluster.name} is not supported: use a direct address`)
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const given = Object.entries((options.headers ?? {}) as Record<string, unknown>)
  // A token file may end in a line feed, which no header may hold.
  const headers = Object.fromEntries(given.map(([name, value]) => [name, String(value).trim()]))
  if (options.auth) headers['Authorization'] = `Basic ${Buffer.from(String(options.auth)).toString('base64')}`
  const { ca, cert, key, rejectUnauthorized } = options
  const servername = (options as { servername?: string }).servername
  return { server: new URL(cluster.server), tls: { ca, cert, key, rejectUnauthorized, servername }, headers }
}

const fingerprintOf = ({ server, tls }: Credentials): string =>
  createHash('sha256')
    .update(JSON.stringify([server.href, tls]))
    .digest('hex')

/** HTTP/1.1 on purpose: over HTTP/2 every watch would ride one connection, and one lost socket would end them all. */
const agent = (tls: Credentials['tls'], connections: number | null): Agent =>
  new Agent({
    allowH2: false,
    connections,
    keepAliveTimeout: 30_000,
    // Probes from the kernel find a peer that went without a word in 15 + 10 s, even on a quiet watch.
    connect: { ...defined(tls), timeout: 10_000, keepAlive: true, keepAliveInitialDelay: 15_000 },
  })

const defined = <T extends object>(record: T): T =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T

/**
 * Asks once more when the request is put on the wire. It may have waited for a free connection, or for a new one, and the process may have
 * been frozen meanwhile: on waking, sockets are served before timers, so that its abort would come too late.
 */
const fenced =
  (fence: () => number): Dispatcher.DispatcherComposeInterceptor =>
  dispatch =>
  (options, handler) =>
    dispatch(options, {
      onRequestStart(controller, context) {
        fence()
        handler.onRequestStart?.(controller, context)
      },
      onResponseStart: (...answer) => handler.onResponseStart?.(...answer),
      onResponseData: (...piece) => handler.onResponseData?.(...piece),
      onResponseEnd: (...end) => handler.onResponseEnd?.(...end),
      onResponseError: (...failure) => handler.onResponseError?.(...failure),
    })

/** Shared connections to one API server. It owns sockets, so it has an end: `close`. */
export class Connection {
  readonly #options: Required<ConnectionOptions>
  #config: KubeConfig
  #line: Line | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<Line> | undefined

  constructor(options: ConnectionOptions) {
    this.#options = { callConnections: 32, callTimeoutMs: 15_000, refreshMs: 10_000, userAgent: 'node', ...options }
    this.#config = options.load()
  }

  /** `fence` says within how many milliseconds the call must be over, and throws when it may not begin. */
  async call(call: Call, fence?: () => number): Promise<Answer> {
    const { callTimeoutMs } = this.#options
    return await this.#send(call, ({ calls }) => {
      const milliseconds = Math.min(callTimeoutMs, fence?.() ?? callTimeoutMs)
      const dispatcher = fence ? calls.compose(fenced(fence)) : calls
      return { dispatcher, signal: AbortSignal.timeout(Math.ceil(milliseconds)), bodyTimeout: callTimeoutMs }
    })
  }

  async stream(path: string, { signal, silenceMs }: Stream): Promise<Answer> {
    return await this.#send({ method: 'GET', path }, line => ({ dispatcher: line.watches, signal, bodyTimeout: silenceMs }))
  }

  async close(): Promise<void> {
    const line = this.#line
    this.#line = undefined
    await Promise.all([line?.calls.destroy(), line?.watches.destroy()])
  }

  async #send(call: Call, how: (line: Line) => { dispatcher: Dispatcher; signal: AbortSignal; bodyTimeout: number }): Promise<Answer> {
    const first = await this.#request(call, how)
    if (first.status !== 401) return first
    // A rotated token: read everything again and try once more; a second 401 is the answer.
    await first.body.dump()
    this.#config = this.#options.load()
    this.#readAt = Number.NEGATIVE_INFINITY
    return await this.#request(call, how)
  }

  async #request(call: Call, how: (line: Line) => { dispatcher: Dispatcher; signal: AbortSignal; bodyTimeout: number }): Promise<Answer> {
    const line = await this.#current()
    const { dispatcher, signal, bodyTimeout } = how(line)
    const { statusCode, headers, body } = await dispatcher.request({
      origin: line.origin,
      path: line.base + call.path,
      method: call.method,
      headers: {
        ...line.headers,
        accept: 'application/json',
        'user-agent': this.#options.userAgent,
        ...(call.body !== undefined && { 'content-type': call.contentType ?? 'application/json' }),
      },
      body: call.body ?? null,
      signal,
      bodyTimeout,
      headersTimeout: this.#options.callTimeoutMs,
    })
    const retryAfter = Number(headers['retry-after'])
    return { status: statusCode, ...(Number.isFinite(retryAfter) && { retryAfterSeconds: retryAfter }), body }
  }

  async #current(): Promise<Line> {
    const now = this.#options.clock.monotonic()
    if (this.#line && now - this.#readAt < this.#options.refreshMs) return this.#line
    this.#reading ??= this.#renew().finally(() => {
      this.#reading = undefined
    })
    return await this.#reading
  }

  async #renew(): Promise<Line> {
    const old = this.#line
    try {
      this.#line = this.#rebuild(await readCredentials(this.#config))
    } catch (error) {
      // A file may be missing for a moment while it is rotated: what worked so far goes on working.
      if (!old) throw error
    }
    this.#readAt = this.#options.clock.monotonic()
    return this.#line as Line
  }

  #rebuild(credentials: Credentials): Line {
    const fingerprint = fingerprintOf(credentials)
    const { server, tls, headers } = credentials
    const old = this.#line
    const base = server.pathname.replace(/\/$/, '')
    const agents =
      old?.fingerprint === fingerprint
        ? { calls: old.calls, watches: old.watches }
        : { calls: agent(tls, this.#options.callConnections), watches: agent(tls, null) }
    // Closing waits for what is in flight: running watches end by themselves within minutes.
    if (old && old.calls !== agents.calls) void Promise.all([old.calls.close(), old.watches.close()]).catch(() => undefined)
    return { origin: server.origin, base, headers, fingerprint, ...agents }
  }
}
