// One connection to a server on this machine that stays open: one request at a time, each with the time that it took.
import { Agent, type IncomingMessage, request } from 'node:http'
import { Unusable } from './unusable.ts'

/** Above the deadline that the server sets itself. */
const REPLY_MS = 15_000

export interface Reply {
  status: number
  text: string
  /** From the first byte of the request to the last of the answer. */
  milliseconds: number
}

export interface Connection {
  get: (path: string) => Promise<Reply>
  post: (path: string, body: string) => Promise<Reply>
  close: () => void
}

const textOf = async (response: IncomingMessage) => {
  let text = ''
  for await (const part of response.setEncoding('utf8')) text += part
  return text
}

export const connectTo = (port: number): Connection => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = async (method: string, path: string, body?: string): Promise<Reply> => {
    const began = performance.now()
    const headers = body === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const answered = Promise.withResolvers<IncomingMessage>()
    const asked = request({ host: '127.0.0.1', port, agent, method, path, headers }, answered.resolve)
    const timer = setTimeout(() => asked.destroy(new Error(`no answer within ${REPLY_MS / 1000} s`)), REPLY_MS)
    asked.on('error', answered.reject)
    asked.end(body)
    try {
      const response = await answered.promise
      const text = await textOf(response)
      return { status: response.statusCode ?? 0, text, milliseconds: performance.now() - began }
    } catch (error) {
      throw new Unusable(`the server did not answer ${method} ${path}: ${(error as Error).message}`)
    } finally {
      clearTimeout(timer)
    }
  }
  return { get: path => ask('GET', path), post: (path, body) => ask('POST', path, body), close: () => agent.destroy() }
}

/** The body of an answer; undefined where it is no JSON. */
export const jsonOf = ({ text }: Reply): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
