import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { KubeConfig } from '@kubernetes/client-node'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Client, createClient } from './client.ts'
import { systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import type { ApiError } from './errors.ts'
import { isSilence } from './stream.ts'

const resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'n' } }
const secret = 'very-secret-token'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

let answer: Answer
let listen: (chunk: string) => void
let asked: string[]
let sockets: Set<Socket>
let tokenFile: string
let client: Client
let end: () => Promise<void>

const say = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const refusal = (code: number, reason: string, message: string) => ({ kind: 'Status', status: 'Failure', code, reason, message })
const emptyList = { kind: 'ConfigMapList', metadata: { resourceVersion: '7' }, items: [] }

beforeEach(async () => {
  asked = []
  listen = () => undefined
  sockets = new Set()
  answer = (_, response) => say(response, 200, emptyList)
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.on('data', chunk => listen(String(chunk))).on('end', () => answer(request, response))
  })
  server.on('connection', socket => sockets.add(socket))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  tokenFile = join(mkdtempSync(join(tmpdir(), 'token-')), 'token')
  writeFileSync(tokenFile, `${secret}\n`)
  const port = (server.address() as AddressInfo).port
  const connection = new Connection({ load: () => configFor(port), clock: systemClock, callTimeoutMs: 500 })
  client = createClient({ connection, clock: systemClock, fieldManager: 'tidegate' })
  end = async () => {
    await connection.close()
    server.closeAllConnections()
    server.close()
  }
})
afterEach(() => end())

const configFor = (port: number): KubeConfig => {
  const config = new KubeConfig()
  config.loadFromOptions({
    clusters: [{ name: 'c', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }],
    users: [{ name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile } } }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  })
  return config
}

const failureOf = async (attempt: Promise<unknown>): Promise<ApiError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason as ApiError,
  )
  if (!error) throw new Error('it did not fail')
  return error
}

const drain = async (silenceMs = 5000, signal = new AbortController().signal): Promise<string[]> => {
  const seen: string[] = []
  const options = { resourceVersion: '7', timeoutSeconds: 300, silenceMs, signal }
  for await (const { type, object: one } of client.watch(resource, options)) seen.push(`${type} ${one.metadata.name}`)
  return seen
}

describe('a call', () => {
  test('shares its connection with the next ones', async () => {
    for (let at = 0; at < 50; at++) await client.list(resource)
    expect(asked).toHaveLength(50)
    expect(sockets.size).toBeLessThanOrEqual(2)
  })

  test('reads the token anew and tries once more after a 401', async () => {
    await client.list(resource)
    writeFileSync(tokenFile, 'rotated')
    answer = ({ headers }, response) =>
      headers.authorization === 'Bearer rotated' ? say(response, 200, emptyList) : say(response, 401, refusal(401, 'Unauthorized', 'no'))
    await client.list(resource)
    expect(asked.map(line => line.split(' ').slice(-1)[0])).toEqual([secret, secret, 'rotated'])
    answer = (_, response) => say(response, 401, refusal(401, 'Unauthorized', 'no'))
    expect(await failureOf(client.create(resource, object))).toMatchObject({ status: 401, reason: 'Unauthorized' })
    expect(asked).toHaveLength(5)
  })

  test('fails with what the server said, and never with a header or the raw body', async () => {
    answer = (_, response) => say(response, 403, { ...refusal(403, 'Forbidden', 'exceeded quota: q'), secretField: 'hidden' })
    const error = await failureOf(client.create(resource, object))
    expect(error.message).toBe('POST configmaps n/a: 403 Forbidden: exceeded quota: q')
    expect(inspect(error)).not.toMatch(/hidden|very-secret/)
    answer = (_, response) => void response.writeHead(502).end('<html>bad gateway</html>')
    expect((await failureOf(client.create(resource, object))).message).toBe(
      'POST configmaps n/a: 502 Unknown: the answer carries no message',
    )
  })

  test('is tried again after 5xx when it reads, and never when it writes', async () => {
    answer = (_, response) =>
      say(response, asked.length < 3 ? 503 : 200, asked.length < 3 ? refusal(503, 'ServiceUnavailable', 'later') : object)
    await client.get(resource, { namespace: 'n', name: 'a' })
    expect(asked).toHaveLength(3)
    answer = (_, response) => say(response, 503, refusal(503, 'ServiceUnavailable', 'later'))
    expect(await failureOf(client.create(resource, object))).toMatchObject({ status: 503 })
    expect(asked).toHaveLength(4)
  })

  test('waits as long as a 429 says and then tries again, even when it writes', async () => {
    answer = (_, response) =>
      asked.length < 2
        ? say(response.setHeader('retry-after', '1'), 429, refusal(429, 'TooManyRequests', 'slow down'))
        : say(response, 201, object)
    const before = Date.now()
    await client.create(resource, object)
    expect(Date.now() - before).toBeGreaterThan(900)
    expect(asked).toHaveLength(2)
  })

  test('is left to the caller when a 429 or 503 says to wait for longer than a call should take', async () => {
    answer = (_, response) => say(response.setHeader('retry-after', '9'), 429, refusal(429, 'TooManyRequests', 'slow down'))
    expect(await failureOf(client.create(resource, object))).toMatchObject({ status: 429, retryAfterSeconds: 9 })
    expect(await failureOf(client.create(resource, object))).toMatchObject({ status: 429, reason: 'TooManyRequests' })
    expect(asked).toHaveLength(1)
    answer = (_, response) => say(response.setHeader('retry-after', '9'), 503, refusal(503, 'ServiceUnavailable', 'later'))
    expect(await failureOf(client.get(resource, { name: 'a' }))).toMatchObject({ status: 503, retryAfterSeconds: 9 })
    expect(asked).toHaveLength(2)
  })

  test('that begins a list is not tried again by itself, for whoever lists has a pace of its own', async () => {
    answer = (_, response) => say(response, 503, refusal(503, 'ServiceUnavailable', 'later'))
    expect(await failureOf(client.list(resource))).toMatchObject({ status: 503 })
    expect(asked).toHaveLength(1)
  })

  test('gives up on a server that does not answer', async () => {
    answer = () => undefined
    expect(await failureOf(client.create(resource, object))).toMatchObject({ status: 0, reason: 'Timeout' })
  })

  test('names the cause when the server cannot be reached', async () => {
    await end()
    const error = await failureOf(client.create(resource, object))
    expect(error).toMatchObject({ status: 0, reason: 'Unreachable' })
    expect(error.message).not.toContain(secret)
  })

  test('lists page by page, and fails rather than end at half of it', async () => {
    const page = (names: string[], more?: string) => ({
      metadata: { resourceVersion: '9', ...(more && { continue: more }) },
      items: names.map(name => ({ metadata: { name } })),
    })
    answer = ({ url }, response) => say(response, 200, url?.includes('continue=next') ? page(['c']) : page(['a', 'b'], 'next'))
    const { items, resourceVersion } = await client.list(resource)
    expect(items.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(['ConfigMap a', 'ConfigMap b', 'ConfigMap c'])
    expect(resourceVersion).toBe('9')
    expect(asked.every(line => line.includes('limit=500') && !line.includes('resourceVersion'))).toBe(true)
    answer = ({ url }, response) =>
      url?.includes('continue=next') ? say(response, 410, refusal(410, 'Expired', 'too old')) : say(response, 200, page(['a'], 'next'))
    expect(await failureOf(client.list(resource))).toMatchObject({ status: 410 })
  })

  test('deletes this very object and no later one of the same name', async () => {
    const bodies: string[] = []
    answer = (_, response) => say(response, 200, { kind: 'Status', status: 'Success' })
    listen = chunk => bodies.push(chunk)
    expect(await client.remove(resource, { ...object, metadata: { ...object.metadata, uid: 'u' } })).toBeUndefined()
    expect(JSON.parse(bodies.join(''))).toEqual({ propagationPolicy: 'Background', preconditions: { uid: 'u' } })
    expect(asked[0]).toContain('DELETE /api/v1/namespaces/n/configmaps/a')
    bodies.length = 0
    await client.removeUnchanged(resource, { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: '1' } })
    expect(JSON.parse(bodies.join(''))).toMatchObject({ preconditions: { uid: 'u', resourceVersion: '1' } })
  })
})

describe('a watch', () => {
  const line = (type: string, name: string) => `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: '8' } } })}\n`

  test('yields events however the network cuts them', async () => {
    const bytes = Buffer.from(line('ADDED', 'ä') + line('MODIFIED', 'b') + line('BOOKMARK', ''))
    answer = (_, response) => {
      response.writeHead(200)
      for (const byte of bytes) response.write(Buffer.from([byte]))
      response.end()
    }
    expect(await drain()).toEqual(['ADDED ä', 'MODIFIED b', 'BOOKMARK '])
    expect(asked[0]).toContain('watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=300')
  })

  test('turns an error in the stream into the failure it names', async () => {
    const expired = JSON.stringify({ type: 'ERROR', object: refusal(410, 'Expired', 'too old resource version') })
    answer = (_, response) => void response.writeHead(200).end(`${line('ADDED', 'a')}${expired}\n`)
    expect(await failureOf(drain())).toMatchObject({ status: 410, reason: 'Expired' })
  })

  test.each([
    ['cut inside a line', line('ADDED', 'a').slice(0, 20), 'Unreadable'],
    ['that is no JSON', 'surprise\n', 'Unreadable'],
  ])('fails on a stream %s', async (_, text, reason) => {
    answer = (_request, response) => void response.writeHead(200).end(text)
    expect(await failureOf(drain())).toMatchObject({ reason })
  })

  test('that falls silent ends, and says that it was silence', async () => {
    answer = (_, response) => void response.writeHead(200).write(line('ADDED', 'a'))
    const error = await failureOf(drain(1000))
    expect(isSilence(error)).toBe(true)
  })

  test('has a connection of its own: a reset ends one of eight', async () => {
    answer = (_, response) => void response.writeHead(200).write(line('ADDED', 'a'))
    const stop = new AbortController()
    const ends: string[] = []
    const watches = Array.from({ length: 8 }, () =>
      drain(60_000, stop.signal).then(
        () => ends.push('stopped'),
        () => ends.push('broken'),
      ),
    )
    while (asked.length < 8) await new Promise(resolve => setTimeout(resolve, 10))
    expect(sockets.size).toBe(8)
    ;[...sockets][0]?.destroy()
    await new Promise(resolve => setTimeout(resolve, 100))
    expect(ends).toEqual(['broken'])
    stop.abort()
    await Promise.all(watches)
    expect(ends.filter(one => one === 'stopped')).toHaveLength(7)
  })
})
