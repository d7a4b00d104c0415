import { mkdtempSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { type Conduct, openSink } from '../../test/simulated/eventsink.ts'
import { modelLedger } from '../../test/simulated/modelledger.ts'
import { eventOf } from './event.ts'
import { Sink, type SinkOptions } from './sink.ts'

const ledger = modelLedger()
ledger.promote()
const event = eventOf(ledger.model(), 1, ledger.moves[0] as (typeof ledger.moves)[0])

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const sinkAt = (options: SinkOptions): Sink => {
  const sink = new Sink({ timeoutMs: 10_000, ...options })
  closing.push(() => sink.close())
  return sink
}

const opened = async (conduct: Conduct, options: Partial<SinkOptions> = {}) => {
  const server = await openSink(conduct)
  closing.push(server.close)
  return { server, sink: sinkAt({ uri: server.uri, ...options }) }
}

/** A server that says this to whoever comes, whatever is asked. */
const speaking = async (bytes: string): Promise<string> => {
  const server = createPlainServer(socket => void socket.on('error', () => undefined).on('data', () => socket.write(bytes)))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const tokenFile = (content: string): string => {
  const file = join(mkdtempSync(join(tmpdir(), 'token-')), 'token')
  writeFileSync(file, content)
  return file
}

describe('a sink', () => {
  it('gets the event as JSON in structured mode, at its address, and has taken it with any 2xx', async () => {
    for (const status of [200, 201, 202, 204, 206]) {
      const { server, sink } = await opened(status)
      expect(await sink.post(event)).toBeUndefined()
      expect(server.asked).toHaveLength(1)
      expect(server.asked[0]).toMatchObject({
        path: '/events?of=tidegate',
        event,
        headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
      })
      expect(server.asked[0]?.headers).not.toHaveProperty('authorization')
    }
  })

  it.each([
    [400, 'event', 'the sink answered 400'],
    [413, 'event', 'the sink answered 413'],
    [415, 'event', 'the sink answered 415'],
    [422, 'event', 'the sink answered 422'],
    [401, 'sink', 'the sink answered 401: check the token'],
    [403, 'sink', 'the sink answered 403: check the token'],
    [404, 'sink', 'the sink answered 404: check the address'],
    [410, 'sink', 'the sink answered 410: check the address'],
    [418, 'sink', 'the sink answered 418'],
    [408, 'away', 'the sink answered 408'],
    [409, 'away', 'the sink answered 409'],
    [429, 'away', 'the sink answered 429'],
    [500, 'away', 'the sink answered 500'],
    [503, 'away', 'the sink answered 503'],
  ])('that answers %i has trouble with: %s', async (status, about, why) => {
    const { sink } = await opened(status)
    expect(await sink.post(event)).toEqual({ with: about, why })
  })

  it('may say how long it wants to be left alone', async () => {
    const { sink } = await opened(answer => void answer.writeHead(503, { 'retry-after': '7' }).end())
    expect(await sink.post(event)).toEqual({ with: 'away', why: 'the sink answered 503', retryAfterMs: 7000 })
  })

  it('leads nobody elsewhere', async () => {
    const other = await opened(204)
    const { server, sink } = await opened(answer => void answer.writeHead(307, { location: other.server.uri }).end())
    expect(await sink.post(event)).toMatchObject({ with: 'sink', why: expect.stringContaining('redirects are not followed') })
    expect(server.asked).toHaveLength(1)
    expect(other.server.asked).toEqual([])
  })

  it('that hangs is waited for no longer than allowed', async () => {
    const { sink } = await opened(() => undefined, { timeoutMs: 300 })
    const began = performance.now()
    expect(await sink.post(event)).toEqual({ with: 'away', why: 'no answer within 300 ms' })
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('that hangs up, is not there, or speaks no HTTP, is away', async () => {
    const { server, sink } = await opened(answer => void answer.destroy())
    expect(await sink.post(event)).toMatchObject({ with: 'away' })
    await server.close()
    expect(await sink.post(event)).toMatchObject({ with: 'away', why: expect.stringContaining('ECONNREFUSED') })
    for (const bytes of ['SSH-2.0-OpenSSH_9.6\r\n', 'HTTP/1.1 2xx whatever\r\n\r\n', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`])
      expect(await sinkAt({ uri: await speaking(bytes) }).post(event)).toMatchObject({ with: 'away', why: expect.stringMatching(/./) })
  })

  it('that takes the event and then talks without end is not listened to', async () => {
    const endless: Conduct = answer => {
      answer.writeHead(200, { 'content-type': 'text/html' })
      const talk = setInterval(() => answer.write('x'.repeat(10_000)), 1)
      answer.on('close', () => clearInterval(talk)).on('error', () => undefined)
    }
    const { sink } = await opened(endless)
    const began = performance.now()
    expect(await sink.post(event)).toBeUndefined()
    expect(performance.now() - began).toBeLessThan(5000)
  })

  it('gets a bearer token from a file, as it is at that moment', async () => {
    const file = tokenFile('first\n')
    const { server, sink } = await opened(204, { tokenFile: file })
    await sink.post(event)
    writeFileSync(file, 'second')
    await sink.post(event)
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second'])
  })

  it.each([
    ['is missing', '/nowhere/token', 'ENOENT'],
    ['is empty', tokenFile('\n'), 'is empty'],
    ['would end the header', tokenFile('a\r\nx: b'), 'control characters'],
  ])('is sent nothing when the token %s', async (_what, file, why) => {
    const { server, sink } = await opened(204, { tokenFile: file })
    expect(await sink.post(event)).toMatchObject({ with: 'sink', why: expect.stringContaining(why) })
    expect(server.asked).toEqual([])
  })
})
