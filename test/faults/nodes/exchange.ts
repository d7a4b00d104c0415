// Ways to answer a request, decent and indecent: what the misbehaviours of servers are made of.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHealth } from '../../../operator/api/bundle.ts'

export interface Exchange {
  request: IncomingMessage
  response: ServerResponse
  /** What an honest server would say now. */
  truth: ServerHealth
  /** How often the container was asked for its health before. */
  asked: number
}

export type Handler = (exchange: Exchange) => void

const JSON_TYPE = 'application/json; charset=utf-8'

const statusOf = (health: ServerHealth): number => (health.status === 'healthy' ? 200 : 503)

export const honest: Handler = ({ response, truth }) => answer(response, statusOf(truth), JSON.stringify(truth))

export const answer = (response: ServerResponse, status: number, body: string): void => answerAs(response, { status, body })

export interface Content {
  status?: number
  body: string
  headers?: Record<string, string>
}

export const answerAs = (response: ServerResponse, { status = 200, body, headers }: Content): void => {
  response.writeHead(status, { 'content-type': JSON_TYPE, ...headers }).end(body)
}

/** The truth with other words in it. */
export const lying =
  (change: (truth: ServerHealth) => object): Handler =>
  ({ response, truth }) =>
    answer(response, 200, JSON.stringify({ ...truth, ...change(truth) }))

export const text =
  (content: Content): Handler =>
  ({ response }) =>
    answerAs(response, content)

/** Nothing is ever said. */
export const hang: Handler = () => undefined

export const after =
  (milliseconds: number, then: Handler): Handler =>
  exchange => {
    const timer = setTimeout(then, milliseconds, exchange)
    exchange.response.on('close', () => clearTimeout(timer))
  }

/** The connection ends in order, without an answer. */
export const hangUp: Handler = ({ request }) => void request.socket.end()

/** The connection ends with a reset. */
export const reset: Handler = ({ request }) => void request.socket.resetAndDestroy()

/** More is announced than comes. */
export const cutShort: Handler = ({ request, response, truth }) => {
  const body = JSON.stringify(truth)
  response.writeHead(200, { 'content-type': JSON_TYPE, 'content-length': body.length })
  response.write(body.slice(0, body.length / 2), () => request.socket.end())
}

/** Valid so far, and it never ends: as fast as it is read, or a byte now and then. */
export const endless =
  (chunk: string, everyMs: number): Handler =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': JSON_TYPE })
    response.write('{"status":"healthy","message":"')
    const timer = setInterval(() => response.writableNeedDrain || response.write(chunk), everyMs)
    response.on('close', () => clearInterval(timer))
  }
