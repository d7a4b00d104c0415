import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
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
const percent = (n: number): string => JSON.stringify({ contract: 1, stage: 'Training', percent: n })

/** A book of which every question can be waited for. */
const open = async (askEveryMs: number) => {
  let news = Promise.withResolvers<void>()
  const onNews = () => {
    news.resolve()
    news = Promise.withResolvers()
  }
  const book = createProgressBook({ portNumber: await listening(), askEveryMs, onNews })
  const told = async (job: string, one: Pod) => {
    const coming = news.promise
    book.of(job, one)
    await coming
    return book.of(job, one)
  }
  return { book, told }
}

describe('the progress of a pod', () => {
  it('is told when it comes, asked for once in a while, and stands in between', async () => {
    const { book, told } = await open(150)
    body = percent(10)
    expect(book.of('a', pod('p'))).toBeUndefined()
    expect(await told('a', pod('p'))).toMatchObject({ percent: 10 })
    body = percent(20)
    expect(book.of('a', pod('p'))).toMatchObject({ percent: 10 })
    expect(asked).toBe(1)
    await sleep(160)
    expect(await told('a', pod('p'))).toMatchObject({ percent: 20 })
  })

  it('stands when the pod answers nonsense', async () => {
    const { told } = await open(0)
    body = percent(10)
    await told('a', pod('p'))
    body = '{"percent": "all of it"}'
    expect(await told('a', pod('p'))).toMatchObject({ percent: 10 })
  })

  it('is not that of the pod before', async () => {
    const { told } = await open(0)
    body = percent(90)
    await told('a', pod('p'))
    body = '{}'
    expect(await told('a', pod('q'))).toBeUndefined()
  })

  it('is unknown without an address, and after it was forgotten', async () => {
    const { book, told } = await open(0)
    expect(book.of('a', pod('p', ''))).toBeUndefined()
    expect(asked).toBe(0)
    body = percent(5)
    expect(await told('a', pod('q'))).toMatchObject({ percent: 5 })
    book.forget('a')
    body = '{}'
    expect(book.of('a', pod('q'))).toBeUndefined()
  })
})
