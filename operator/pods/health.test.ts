import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { port, serverEnv } from '../api/contract.ts'
import type { Pod } from '../plan/observed.ts'
import { createHealthBook } from './health.ts'

const AGAIN_AFTER_MS = 50
const ADDRESS = '127.77.1.1'
const digest = (n: number): string => `sha256:${String(n).repeat(64)}`
let body: object = {}
let asked = 0
let server: Server

beforeAll(async () => {
  server = createServer((_request, answer) => {
    asked++
    answer.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>(resolve => server.listen(port.http, ADDRESS, resolve))
})
afterAll(() => server.close())

const pod = (ready: boolean, restartCount = 0): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', uid: 'p' },
  spec: { containers: [{ name: 'server', env: [{ name: serverEnv.digest, value: digest(1) }] }] },
  status: {
    phase: 'Running',
    podIP: ADDRESS,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    containerStatuses: [{ name: 'server', restartCount, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }],
  },
})

const open = () => {
  let news = Promise.withResolvers<void>()
  const book = createHealthBook(() => {
    news.resolve()
    news = Promise.withResolvers()
  }, AGAIN_AFTER_MS)
  const told = async (one: Pod) => {
    const coming = news.promise
    expect(book.of('a', [one])).toBeUndefined()
    await coming
    return book.of('a', [one])?.get('p')
  }
  return { book, told }
}

describe('the health of server pods', () => {
  it('cannot be told before each running pod was heard, and leaves out those that do not run', async () => {
    body = { status: 'healthy', digest: digest(1) }
    const { book, told } = open()
    expect(await told(pod(true))).toMatchObject({ value: body })
    expect(book.of('a', [{ ...pod(true), status: { phase: 'Pending' } }])).toEqual(new Map())
  })

  it('stands when it is the one that the pod was made for', async () => {
    body = { status: 'healthy', digest: digest(1) }
    const { book, told } = open()
    await told(pod(true))
    asked = 0
    await new Promise(resolve => setTimeout(resolve, 2 * AGAIN_AFTER_MS))
    book.of('a', [pod(true)])
    expect(asked).toBe(0)
  })

  it.each([
    ['another digest', { status: 'healthy', digest: digest(2) }],
    ['no digest', { status: 'healthy' }],
    ['nonsense', { status: 'splendid' }],
  ])('is asked for again after %s, however ready the pod is', async (_what, wrong) => {
    body = wrong
    const { book, told } = open()
    await told(pod(true))
    body = { status: 'healthy', digest: digest(1) }
    await expect
      .poll(() => book.of('a', [pod(true)])?.get('p'), { timeout: 3000, interval: 10 })
      .toMatchObject({ value: { digest: digest(1) } })
  })

  it('is another matter after a restart, and once the kubelet has changed its mind', async () => {
    body = { status: 'degraded', reason: 'Loading' }
    const { book, told } = open()
    await told(pod(false))
    expect(book.of('a', [pod(true)])).toBeUndefined()
    expect(book.of('a', [pod(true, 1)])).toBeUndefined()
  })
})
