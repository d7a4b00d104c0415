// One request of a client and all that it is told; it owns the client's socket for that time.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { reset } from './connections.ts'
import type { Cut } from './fault.ts'
import type { Outlet } from './outlet.ts'
import type { RequestRecord } from './requestrecord.ts'
import { type Failure, statusOf } from './status.ts'

/** The socket of a request, above and below TLS. */
export interface Line {
  tls: Socket
  tcp: Socket | undefined
}

export class Exchange {
  readonly record: RequestRecord
  readonly #response: ServerResponse
  readonly #line: Line
  readonly #over = new AbortController()
  #told = false

  constructor(record: RequestRecord, response: ServerResponse, line: Line) {
    this.record = record
    this.#response = response
    this.#line = line
    response.on('error', () => undefined)
    response.once('finish', () => {
      this.#told = true
      this.#over.abort()
    })
    response.once('close', () => this.#over.abort())
    // It may have closed while the request was read.
    if (line.tcp === undefined || line.tcp.destroyed || line.tls.destroyed) this.#over.abort()
  }

  /** Aborts when nothing more can be told: all was said, the connection was cut or hangs, or the client went away. */
  get over(): AbortSignal {
    return this.#over.signal
  }

  /** The last byte of the answer was handed to the client's socket. */
  get told(): boolean {
    return this.#told
  }

  /** Nothing else can be told: an answer has begun, or none can be. */
  get settled(): boolean {
    return this.over.aborted || this.record.told !== undefined
  }

  /** True while the client reads more slowly than the answer comes. */
  get full(): boolean {
    return this.#response.writableNeedDrain
  }

  onDrain(go: () => void): void {
    this.#response.once('drain', go)
  }

  /** Begins an answer; its head leaves with the first bytes or with `flush`. */
  begin(status: number, headers: OutgoingHttpHeaders): Outlet {
    if (this.settled) return { write: () => undefined, end: () => undefined }
    this.record.told = status
    this.#response.writeHead(status, headers)
    let ended = false
    return {
      write: bytes => {
        if (!ended && !this.over.aborted) this.#response.write(bytes)
      },
      end: () => {
        ended = true
        if (!this.over.aborted) this.#response.end()
      },
    }
  }

  /** The head at once: the first event of a watch may be long in coming. */
  flush(): void {
    if (!this.over.aborted) this.#response.flushHeaders()
  }

  /** Head and body leave together. */
  cork(): void {
    this.#response.cork()
  }

  uncork(): void {
    if (!this.over.aborted) this.#response.uncork()
  }

  refuse(failure: Failure): void {
    const body = Buffer.from(`${JSON.stringify(statusOf(failure))}\n`)
    const { retryAfterSeconds } = failure
    const outlet = this.begin(failure.status, {
      'content-type': 'application/json',
      'content-length': body.length,
      ...(retryAfterSeconds !== undefined && { 'retry-after': String(retryAfterSeconds) }),
    })
    outlet.write(body)
    outlet.end()
  }

  cut(how: Cut): void {
    if (how === 'reset' && this.#line.tcp) reset(this.#line.tcp)
    if (how === 'close') this.#line.tls.end()
    this.#over.abort()
  }

  /** Resolves when it is over. */
  async ended(): Promise<void> {
    if (this.over.aborted) return
    await new Promise<void>(resolve => this.over.addEventListener('abort', () => resolve(), { once: true }))
  }
}
