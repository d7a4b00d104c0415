import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Pod } from '../plan/observed.ts'
import { createProgressBook } from './progress.ts'

let server: Server | undefined
let asked = 0
let body = ''

const listening = async (): Promise<number> => {
  asked = 0
  const http = createServer((_request, answer) => {
    asked++
    answer.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  server = http
  await new Promise<void>(resolve => http.listen(0, '127.0.0.1', resolve))
  return (http.address() as AddressInfo).port
}

afterEach(() => server?.close())

const pod = (uid: string, podIP: string | undefined = '127.0.0.1'): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: uid, uid },
  status: { phase: 'Running', ...(podIP && { podIP }) },
})
const at = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1000)
const percent = (n: number): string => JSON.stringify({ contract: 1, stage: 'Training', percent: n })

describe('the progress of a pod', () => {
  it('is asked for once in a while, and stands in between', async () => {
    const book = createProgressBook(await listening())
    body = percent(10)
    expect(await book.of('a', pod('p'), at(0))).toMatchObject({ percent: 10 })
    body = percent(20)
    expect(await book.of('a', pod('p'), at(2))).toMatchObject({ percent: 10 })
    expect(asked).toBe(1)
    expect(await book.of('a', pod('p'), at(3))).toMatchObject({ percent: 20 })
  })

  it('stands when the pod answers nonsense', async () => {
    const book = createProgressBook(await listening())
    body = percent(10)
    await book.of('a', pod('p'), at(0))
    body = '{"percent": "all of it"}'
    expect(await book.of('a', pod('p'), at(3))).toMatchObject({ percent: 10 })
  })

  it('is not that of the pod before', async () => {
    const book = createProgressBook(await listening())
    body = percent(90)
    await book.of('a', pod('p'), at(0))
    body = '{}'
    expect(await book.of('a', pod('q'), at(1))).toBeUndefined()
  })

  it('is unknown without an address, and after it was forgotten', async () => {
    const book = createProgressBook(await listening())
    expect(await book.of('a', pod('p', ''), at(0))).toBeUndefined()
    expect(asked).toBe(0)
    body = percent(5)
    expect(await book.of('a', pod('q'), at(1))).toMatchObject({ percent: 5 })
    book.forget('a')
    body = '{}'
    expect(await book.of('a', pod('q'), at(1))).toBeUndefined()
  })
})
