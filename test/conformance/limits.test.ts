// What clients may not do to the running server: send too much, too slowly, too deep, or something that is not HTTP.
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleBundle } from './samplebundle.ts'
import { type ServerProcess, startServer } from './serverprocess.ts'

const MIB = 1024 * 1024
let server: ServerProcess

beforeAll(async () => {
  server = (await startServer({ bundle: sampleBundle(), env: { TIDEGATE_WORKERS: '1' } })).server
})
afterAll(() => server.stop())

const head = (...lines: string[]) => ['POST /predict HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...lines, '', ''].join('\r\n')

interface Conversation {
  socket: Socket
  /** Everything the server said until it closed the connection. */
  said: Promise<string>
}

const converse = (first: string): Conversation => {
  const socket = connect(server.port, '127.0.0.1')
  socket.write(first)
  const said = new Promise<string>(resolve => {
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })
  return { socket, said }
}

const write = (socket: Socket, text: string) => new Promise<void>(resolve => socket.write(text, () => resolve()))
const healthy = async () => (await server.get('/health')).status === 200

/** How much resident memory grew while this ran, at most. */
const growth = async (work: () => Promise<unknown>) => {
  const before = server.rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, server.rss)
  }, 20)
  await work()
  clearInterval(watch)
  return most - before
}

describe('a body that is too large', () => {
  it('is refused when it says so', async () => {
    const response = await server.post('/predict', ' '.repeat(5 * MIB))
    expect([response.status, ((await response.json()) as { error: string }).error]).toEqual([
      413,
      expect.stringContaining('more than 4194304 bytes'),
    ])
  })

  it('is refused when it comes in chunks and never says how long it is', async () => {
    const { socket, said } = converse(head('Transfer-Encoding: chunked', 'Connection: close'))
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`
    const grown = await growth(async () => {
      for (let sent = 0; sent < 40 * MIB; sent += 0x10000) await write(socket, chunk)
      await write(socket, '0\r\n\r\n')
    })
    expect(await said).toMatch(/^HTTP\/1.1 413 .*"code":"BodyTooLarge"/s)
    expect(grown).toBeLessThan(64 * MIB)
  })

  it('costs no memory per chunk, even byte by byte', async () => {
    const { socket, said } = converse(head('Transfer-Encoding: chunked', 'Connection: close'))
    const tiny = '1\r\n \r\n'.repeat(10_000)
    const grown = await growth(async () => {
      for (let sent = 0; sent < 100; sent++) await write(socket, tiny)
      await write(socket, '0\r\n\r\n')
      await said
    })
    expect(await said).toMatch(/^HTTP\/1.1 400 .*InvalidJson/s)
    expect(grown).toBeLessThan(64 * MIB)
  })
})

describe('a length that lies', () => {
  it('is not waited for longer than the request may take', async () => {
    const { socket, said } = converse(head('Content-Length: 1000', 'Connection: close'))
    await write(socket, '{"features":[5.1,3.5,1.4,0.2]}')
    socket.end()
    expect(await said).toMatch(/^(HTTP\/1.1 400 .*)?$/s)
    expect(await healthy()).toBe(true)
  })

  it('that is too short makes rubbish of the rest, which is refused with the connection', async () => {
    const { said } = converse(`${head('Content-Length: 2')}{}trailing rubbish\r\n\r\n`)
    expect(await said).toMatch(/HTTP\/1.1 400 Bad Request.*not HTTP/s)
    expect(await healthy()).toBe(true)
  })

  it('given twice, or beside chunks, is refused', async () => {
    for (const lines of [
      ['Content-Length: 2', 'Content-Length: 30'],
      ['Content-Length: 2', 'Transfer-Encoding: chunked'],
    ]) {
      expect(await converse(`${head(...lines)}{}`).said).toMatch(/^HTTP\/1.1 400 /)
    }
  })
})

describe('what is not a request', () => {
  it.each([
    ['another protocol', '\u0016\u0003\u0001hello\r\n\r\n', /^HTTP\/1.1 400 .*{"error":"This is not HTTP\/1.1."/s],
    ['headers of 40 KiB', head(`X-Long: ${'x'.repeat(40_000)}`), /^HTTP\/1.1 431 .*more than 16 KiB/s],
    [
      'a compressed body',
      `${head('Content-Encoding: gzip', 'Content-Length: 2', 'Connection: close')}{}`,
      /^HTTP\/1.1 415 .*Content-Encoding/s,
    ],
  ])('%s is refused in JSON', async (_name, sent, said) => {
    expect(await converse(sent).said).toMatch(said)
  })

  it('nesting without end is refused before it is parsed', async () => {
    const response = await server.post('/predict', '['.repeat(4 * MIB - 10))
    expect([response.status, await healthy()]).toEqual([400, true])
  })
})

describe('slow clients', () => {
  it('lose their connection within seconds, while others are answered', async () => {
    const slow = [...Array(200)].map(() => converse('POST /predict HTTP/1.1\r\nHost: x\r\nX-Slow: '))
    const silent = [...Array(50)].map(() => converse(''))
    const began = performance.now()
    const drip = setInterval(() => {
      for (const { socket } of slow) if (socket.writable) socket.write('a')
    }, 500)
    await sleep(1000)
    const asked = performance.now()
    expect((await server.post('/predict', { features: [5.1, 3.5, 1.4, 0.2] })).status).toBe(200)
    expect(performance.now() - asked).toBeLessThan(1000)
    const answers = await Promise.all(slow.map(({ said }) => said))
    clearInterval(drip)
    await Promise.all(silent.map(({ said }) => said))
    expect((performance.now() - began) / 1000).toBeLessThan(16)
    expect(new Set(answers.map(answer => answer.split('\r\n')[0]))).toEqual(new Set(['HTTP/1.1 408 Request Timeout']))
  })
})

describe('too many requests', () => {
  it('are refused at once while health is answered, and the server recovers', async () => {
    const small = (await startServer({ bundle: sampleBundle(), env: { TIDEGATE_WORKERS: '1', TIDEGATE_REQUEST_TIMEOUT_MS: '2000' } }))
      .server
    try {
      const rows = Array.from({ length: 500 }, () => [5.1, 3.5, 1.4, 0.2])
      const statuses = new Map<number, number>()
      const one = async () => {
        const { status } = await small.post('/predict', { features: rows })
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
      }
      const crowd = Array.from({ length: 700 }, one)
      const asked = performance.now()
      expect((await small.get('/livez')).status).toBe(200)
      console.log(`livez behind 700 requests: ${Math.round(performance.now() - asked)} ms`)
      await Promise.all(crowd)
      console.log(`answers: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}`)
      expect([...statuses.keys()].every(status => [200, 429, 504].includes(status))).toBe(true)
      expect((await small.post('/predict', { features: rows })).status).toBe(200)
    } finally {
      await small.stop()
    }
  })
})
