// SIGTERM under load: short and long-lived connections, and not one request is lost.
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { sampleBundle } from './samplebundle.ts'
import { type ServerProcess, startServer } from './serverprocess.ts'

const BODY = JSON.stringify({ features: [5.1, 3.5, 1.4, 0.2] })

interface Outcome {
  at: number
  status: number | string
  closes: boolean
}

const predict = (port: number, agent: Agent) =>
  new Promise<Outcome>(resolve => {
    const at = performance.now()
    const headers = { 'content-type': 'application/json', 'content-length': BODY.length }
    const sent = request({ host: '127.0.0.1', port, path: '/predict', method: 'POST', agent, headers }, response => {
      response.resume().on('end', () => resolve({ at, status: response.statusCode ?? 0, closes: response.headers.connection === 'close' }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ at, status: error.code ?? error.message, closes: true }))
    sent.end(BODY)
  })

/** As many requests a second, each as soon as its time has come, whether the others were answered or not. */
const load = (port: number, agent: Agent, perSecond: number) => {
  const outcomes: Promise<Outcome>[] = []
  const timer = setInterval(() => outcomes.push(predict(port, agent)), 1000 / perSecond)
  return { outcomes, stop: () => clearInterval(timer) }
}

const drained = async (server: ServerProcess) => {
  const long = load(server.port, new Agent({ keepAlive: true, maxSockets: 8 }), 50)
  const short = load(server.port, new Agent({ keepAlive: false }), 50)
  await sleep(1500)
  const asked = performance.now()
  server.signal('SIGTERM')
  await sleep(100)
  const unready = (await server.get('/readyz')).status
  // A load balancer has seen the pod go by now: a second before the listener closes, nothing new is sent.
  await sleep(Math.max(0, asked + 2000 - performance.now()))
  long.stop()
  short.stop()
  return { unready, asked, long: await Promise.all(long.outcomes), short: await Promise.all(short.outcomes) }
}

describe('a server that is asked to end', () => {
  it('is unready at once, loses no request of 100 a second, and ends with 0', async () => {
    const { server } = await startServer({ bundle: sampleBundle(), env: { TIDEGATE_DRAIN_SECONDS: '3' } })
    const { unready, asked, long, short } = await drained(server)
    const code = await server.ended()
    const all = [...long, ...short]
    const failed = all.filter(({ status }) => status !== 200)
    console.log(
      `${all.length} requests, ${all.filter(o => o.at > asked).length} of them after SIGTERM, ${failed.length} failed, ended after ${Math.round(performance.now() - asked)} ms`,
    )
    expect(failed).toEqual([])
    expect(unready).toBe(503)
    expect(code).toBe(0)
    const late = long.filter(o => o.at > asked + 200)
    expect(late.length).toBeGreaterThan(30)
    expect(late.every(o => o.closes)).toBe(true)
  })

  it('finishes what it has begun before it ends', async () => {
    const { server } = await startServer({ bundle: sampleBundle(), env: { TIDEGATE_DRAIN_SECONDS: '0', TIDEGATE_WORKERS: '1' } })
    const rows = Array.from({ length: 10_000 }, () => [5.1, 3.5, 1.4, 0.2])
    const answers = [...Array(5)].map(() => server.post('/predict', { features: rows }))
    await sleep(50)
    server.signal('SIGTERM')
    const done = await Promise.allSettled(answers)
    const statuses = await Promise.all(
      done.map(async one =>
        one.status === 'fulfilled'
          ? `${one.value.status} ${((await one.value.json()) as { predictions: unknown[] }).predictions.length}`
          : 'refused',
      ),
    )
    // A connection that was not accepted when the listener closed was never begun.
    expect(statuses.filter(s => s !== 'refused').every(s => s === '200 10000')).toBe(true)
    expect(statuses).toContain('200 10000')
    expect(await server.ended()).toBe(0)
  })

  it('ends although a client keeps an idle connection open', async () => {
    const { server } = await startServer({ bundle: sampleBundle(), env: { TIDEGATE_DRAIN_SECONDS: '0' } })
    const agent = new Agent({ keepAlive: true })
    expect((await predict(server.port, agent)).status).toBe(200)
    const asked = performance.now()
    server.signal('SIGTERM')
    expect(await server.ended()).toBe(0)
    expect(performance.now() - asked).toBeLessThan(3000)
  })
})
