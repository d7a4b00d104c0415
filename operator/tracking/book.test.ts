import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { sampleModel, sampleVersion } from '../plan/model/sampleworld.ts'
import { silentLog } from '../runtime/log.ts'
import { TrackingBook } from './book.ts'

let server: Server | undefined
/** When each request came. */
let asked: number[] = []

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

const listening = async (listener: RequestListener): Promise<string> => {
  asked = []
  const http = createServer((request, answer) => {
    asked.push(performance.now())
    listener(request, answer)
  })
  server = http
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

const opened = async (listener: RequestListener) => {
  const tracking = { uri: await listening(listener), names: 'mlflow', prefix: '', stages: false } as const
  const book = new TrackingBook({ tracking, namespaces: [], log: silentLog, timeoutMs: 100, backoffMs: { first: 50, longest: 200 } })
  const news: string[] = []
  book.subscribe(key => news.push(key))
  return { book, news }
}

const world = (name: string) => ({ namespace: 'ns', name, model: sampleModel({ stages: [] }), versions: [sampleVersion(1, 0.9)] })

const refusing: RequestListener = (_request, answer) => {
  answer.writeHead(400).end('{"error_code":"INVALID_PARAMETER_VALUE","message":"no such name"}')
}

describe('the book of mirrors', () => {
  it('answers at once, before anything is known', async () => {
    const { book } = await opened(refusing)
    expect(book.of(world('a'))).toMatchObject({ type: 'TrackingSynced', status: 'Unknown', reason: 'MirrorPending' })
    expect(asked).toEqual([])
  })

  it('lets what an earlier operator found out stand until it knows better', async () => {
    const { book } = await opened(refusing)
    const known = { type: 'TrackingSynced', status: 'True', reason: 'Mirrored', message: 'as it was' } as const
    const condition = { ...known, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' }
    const { model, ...rest } = world('a')
    expect(book.of({ ...rest, model: { ...model, status: { conditions: [condition] } } })).toMatchObject(known)
  })

  it.each([
    ['hangs', (() => {}) as RequestListener, 'TrackingUnreachable', 'no answer within 100 ms'],
    ['answers rubbish', ((_q, a) => a.writeHead(200).end('<html>')) as RequestListener, 'TrackingUnreachable', 'is this an MLflow server?'],
    ['fails', ((_q, a) => a.writeHead(503).end('starting')) as RequestListener, 'TrackingUnreachable', '503 starting'],
    [
      'does not know its name',
      ((_q, a) => a.writeHead(403).end('Invalid Host header')) as RequestListener,
      'TrackingRefused',
      'MLFLOW_SERVER_ALLOWED_HOSTS',
    ],
  ])('tells every model that the server %s, and asks it now and then, not once for each', async (_what, listener, reason, why) => {
    const { book, news } = await opened(listener)
    const names = Array.from({ length: 50 }, (_, index) => `m${index}`)
    for (const name of names) book.of(world(name))
    await expect.poll(() => news.length, { timeout: 3000 }).toBe(50)
    expect(new Set(news).size).toBe(50)
    for (const name of names) expect(book.of(world(name))).toMatchObject({ status: 'False', reason, message: expect.stringContaining(why) })
    const before = asked.length
    await sleep(1000)
    expect(asked.length - before).toBeLessThan(15)
    expect(asked.length - before).toBeGreaterThan(2)
    // Nothing new is known, so nobody is woken.
    expect(news).toHaveLength(50)
  })

  it('keeps to itself what the server refuses of one model, and does not keep the others waiting', async () => {
    const { book, news } = await opened(refusing)
    for (const name of ['a', 'b', 'c']) book.of(world(name))
    await expect.poll(() => news.length).toBe(3)
    expect(book.of(world('a'))).toMatchObject({
      status: 'False',
      reason: 'TrackingRefused',
      message: expect.stringContaining('no such name'),
    })
    expect(asked).toHaveLength(3)
  })

  it('looks once for a model that is gone, and tells nobody: that would be asked about again, without end', async () => {
    const { book, news } = await opened((_request, answer) => {
      answer.writeHead(404).end('{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"not found"}')
    })
    book.subscribe(key => book.of({ namespace: 'ns', name: key.slice(3), model: undefined, versions: [] }))
    book.of({ namespace: 'ns', name: 'gone', model: undefined, versions: [] })
    await expect.poll(() => asked.length).toBe(1)
    await sleep(300)
    expect(asked).toHaveLength(1)
    expect(news).toEqual([])
  })

  it('asks nothing again while the world stays as it is', async () => {
    const { book, news } = await opened(refusing)
    book.of(world('a'))
    await expect.poll(() => news.length).toBe(1)
    for (let pass = 0; pass < 10; pass++) book.of(world('a'))
    await sleep(200)
    expect(asked).toHaveLength(1)
  })
})
