import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Progress } from '../api/bundle.ts'
import { ask } from './ask.ts'

let server: { close(): void; address(): unknown; closeAllConnections?(): void } | undefined

afterEach(() => {
  ;(server as Server | undefined)?.closeAllConnections?.()
  server?.close()
  server = undefined
})

const question = (port: number, timeoutMs = 2000) => ({ address: '127.0.0.1', port, path: '/progress', schema: Progress, timeoutMs })

const listening = async (listener: RequestListener): Promise<number> => {
  const http = createServer(listener)
  server = http
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return (http.address() as AddressInfo).port
}

const json =
  (body: string, status = 200): RequestListener =>
  (_request, answer) => {
    answer.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body)
  }

const half = JSON.stringify({ contract: 1, stage: 'Training', percent: 50 })

describe('asking a pod', () => {
  it('yields the document and drops what is not in its schema', async () => {
    const port = await listening(json('{"contract":1,"stage":"Training","percent":50,"extra":{"a":1}}'))
    expect(await ask(question(port))).toEqual({ value: { contract: 1, stage: 'Training', percent: 50 }, status: 200 })
  })

  it('takes other statuses when they are asked for', async () => {
    const port = await listening(json(half, 503))
    expect(await ask({ ...question(port), statuses: [200, 503] })).toMatchObject({ status: 503 })
    expect(await ask(question(port))).toEqual({ problem: 'the pod answered with status 503' })
  })

  it('never follows a redirect', async () => {
    let asked = 0
    const port = await listening((_request, answer) => {
      asked++
      answer.writeHead(302, { location: '/elsewhere' }).end()
    })
    expect(await ask(question(port))).toEqual({ problem: 'the pod answered with status 302' })
    expect(asked).toBe(1)
  })

  it.each([
    ['text that is not JSON', json('{"contract":'), 'the answer is not JSON'],
    ['a page', ((_q, a) => a.writeHead(200, { 'content-type': 'text/html' }).end('<p>')) as RequestListener, 'the answer is not JSON'],
    ['another shape', json('{"contract":1,"stage":"Training","percent":140}'), 'percent is 140: at most 100'],
    ['a body without end', ((_q, a) => flood(a)) as RequestListener, 'longer than 65536 bytes'],
    ['headers without end', ((_q, a) => a.writeHead(200, { x: 'y'.repeat(20_000) }).end()) as RequestListener, 'cannot be reached'],
    ['a closed connection', ((q, _a) => q.socket.destroy()) as RequestListener, 'cannot be reached'],
  ])('says that it got %s', async (_what, listener, problem) => {
    expect(await ask(question(await listening(listener)))).toEqual({ problem: expect.stringContaining(problem) })
  })

  it('gives up when the answer is slow, even when bytes keep coming', async () => {
    const port = await listening((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => answer.write(' '), 10)
      answer.on('close', () => clearInterval(drip))
    })
    const began = performance.now()
    expect(await ask(question(port, 200))).toEqual({ problem: 'no answer within 200 ms' })
    expect(performance.now() - began).toBeLessThan(1500)
  })

  it('gives up when nothing is said at all', async () => {
    const silent = createTcpServer(() => {})
    server = silent
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    expect(await ask(question((silent.address() as AddressInfo).port, 100))).toEqual({ problem: 'no answer within 100 ms' })
  })

  it('refuses to look up a name', async () => {
    expect(await ask({ ...question(80), address: 'localhost' })).toEqual({ problem: '"localhost" is not an IP address' })
  })

  it('says when nobody listens', async () => {
    const port = await listening(json(half))
    server?.close()
    server = undefined
    expect(await ask(question(port))).toEqual({ problem: expect.stringContaining('cannot be reached') })
  })
})

const flood = (answer: Parameters<RequestListener>[1]): void => {
  answer.writeHead(200, { 'content-type': 'application/json' })
  const pour = (): void => {
    while (!answer.destroyed && answer.write('x'.repeat(8192))) {}
    if (!answer.destroyed) answer.once('drain', pour)
  }
  pour()
}
