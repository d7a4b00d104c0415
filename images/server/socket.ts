// Answers what never became a request: broken HTTP, slow headers, headers that are too large.
import type { Socket } from 'node:net'
import { type ProblemCode, problems } from './problems.ts'

const reasons: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['RequestTimeout', 'The request did not arrive in time: send headers within 10 s and the body within 30 s.'],
  HPE_HEADER_OVERFLOW: ['HeadersTooLarge', 'The headers have more than 16 KiB. Send fewer or shorter ones.'],
}

const phrases: Readonly<Record<number, string>> = { 400: 'Bad Request', 408: 'Request Timeout', 431: 'Request Header Fields Too Large' }

export const socketProblem = (error: Error & { code?: string }, socket: Socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy()
  const [code, message] = reasons[error.code ?? ''] ?? ['InvalidRequest', 'This is not HTTP/1.1.']
  const { status } = problems[code]
  const text = JSON.stringify({ error: message, code })
  const headers = `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n`
  socket.end(`HTTP/1.1 ${status} ${phrases[status]}\r\n${headers}\r\n${text}`)
}
