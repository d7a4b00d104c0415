import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { exchange } from './request.ts'

let server: { close(): void; address(): unknown; closeAllConnections?(): void } | undefined

afterEach(() => {
  ;(server as Server | undefined)?.closeAllConnections?.()
  server?.close()
  server = undefined
})

const listening = async (listener: RequestListener): Promise<string> => {
  const http = createServer(listener)
  server = http
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

const says =
  (status: number, body: string, type = 'application/json'): RequestListener =>
  (_request, answer) => {
    answer.writeHead(status, { 'content-type': type }).end(body)
  }

const get = { method: 'GET', path: 'registered-models/get', query: { name: 'ns.iris' } } as const

const asked = async (listener: RequestListener, timeoutMs = 2000) => exchange({ uri: await listening(listener), timeoutMs }, get)

describe('an exchange with a tracking server', () => {
  it('says what is asked for and with which token, and gives the document', async () => {
    const heard: unknown[] = []
    const uri = await listening((request, answer) => {
      heard.push(request.method, request.url, request.headers.authorization)
      answer.writeHead(200).end('{"a":1}')
    })
    expect(await exchange({ uri: `${uri}/base/`, token: 'secret' }, get)).toEqual({ a: 1 })
    expect(heard).toEqual(['GET', '/base/api/2.0/mlflow/registered-models/get?name=ns.iris', 'Bearer secret'])
  })

  it('tells an error of MLflow by its code, as one about the request', async () => {
    const error = asked(says(404, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Registered Model with name=ns.iris not found"}'))
    await expect(error).rejects.toMatchObject({
      status: 404,
      code: 'RESOURCE_DOES_NOT_EXIST',
      isAboutTheRequest: true,
      message: 'GET registered-models/get: 404 RESOURCE_DOES_NOT_EXIST Registered Model with name=ns.iris not found',
    })
  })

  it.each([
    ['a page', says(200, '<html>', 'text/html'), 'is this an MLflow server?'],
    ['a list', says(200, '[]'), 'is this an MLflow server?'],
    ['a page that is missing', says(404, 'no such page', 'text/plain'), '404 no such page'],
    [
      'an error of its own',
      says(500, '{"error_code":"INTERNAL_ERROR","message":"database is locked"}'),
      '500 INTERNAL_ERROR database is locked',
    ],
    [
      'a name it does not know',
      says(403, 'Invalid Host header - possible DNS rebinding attack detected', 'text/plain'),
      'MLFLOW_SERVER_ALLOWED_HOSTS',
    ],
    ['a redirect', ((_q, a) => a.writeHead(302, { location: '/elsewhere' }).end()) as RequestListener, '302'],
    ['a closed connection', ((q, _a) => q.socket.destroy()) as RequestListener, 'fetch failed'],
    ['an answer without end', ((_q, a) => flood(a)) as RequestListener, 'longer than 4194304 bytes'],
  ])('calls %s a fault of the server', async (_what, listener, why) => {
    await expect(asked(listener)).rejects.toMatchObject({ isAboutTheRequest: false, message: expect.stringContaining(why) })
  })

  it('gives up on an answer that drips', async () => {
    const began = performance.now()
    const dripping: RequestListener = (_request, answer) => {
      answer.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => answer.write(' '), 10)
      answer.on('close', () => clearInterval(drip))
    }
    await expect(asked(dripping, 200)).rejects.toThrow('no answer within 200 ms')
    expect(performance.now() - began).toBeLessThan(1500)
  })

  it('gives up on silence', async () => {
    const silent = createTcpServer(() => {})
    server = silent
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
    await expect(exchange({ uri, timeoutMs: 100 }, get)).rejects.toThrow('GET registered-models/get: no answer within 100 ms')
  })

  it('says when nobody listens', async () => {
    const uri = await listening(says(200, '{}'))
    server?.close()
    await expect(exchange({ uri }, get)).rejects.toMatchObject({
      status: 0,
      message: expect.stringContaining(`ECONNREFUSED ${uri.slice(7)}`),
    })
  })
})

const flood = (answer: Parameters<RequestListener>[1]): void => {
  answer.writeHead(200, { 'content-type': 'application/json' })
  const pour = (): void => {
    while (!answer.destroyed && answer.write('x'.repeat(65_536))) {}
    if (!answer.destroyed) answer.once('drain', pour)
  }
  pour()
}
