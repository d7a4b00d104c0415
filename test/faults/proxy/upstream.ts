// The proxy's own side: shared connections to the API server, as one user.
import { readFileSync } from 'node:fs'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'

export interface UpstreamOptions {
  server: string
  caFile: string
  cert: string
  key: string
}

export interface Forwarded {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body?: Buffer
  signal?: AbortSignal
}

/** Each side has its own connection; its own user, too; and answers are wanted as they can be read here. */
const ownHeaders = new Set(['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'authorization', 'accept-encoding'])

export class Upstream {
  readonly #agent: Agent
  /** Where requests go from now on. */
  server: string

  constructor({ server, caFile, cert, key }: UpstreamOptions) {
    this.server = server
    this.#agent = new Agent({ keepAlive: true, ca: readFileSync(caFile), cert: readFileSync(cert), key: readFileSync(key) })
  }

  /** Resolves with the head of the answer; fails when none comes. */
  send({ method, path, headers, body, signal }: Forwarded): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)))
    const length = body === undefined || body.length === 0 ? {} : { 'content-length': body.length }
    const sent = request(new URL(path, this.server), { method, agent: this.#agent, headers: { ...own, ...length }, signal })
    sent.once('response', resolve)
    sent.on('error', reject)
    sent.end(body)
    return promise
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** All of a body, sent or answered; fails when it breaks off. */
export const collected = async (message: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
