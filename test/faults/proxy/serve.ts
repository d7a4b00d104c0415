// The way of one request through the proxy: read, counted, faulted, forwarded, answered.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Connections } from './connections.ts'
import type { Effect } from './effect.ts'
import { effectOf, type Shared } from './effects.ts'
import { Exchange } from './exchange.ts'
import type { FaultBook } from './faultbook.ts'
import { notice } from './gate.ts'
import { about, isChange, isStream, type RequestRecord } from './requestrecord.ts'
import { collected, type Upstream } from './upstream.ts'

/** What the proxy is made of, as one request needs it. */
export interface Surroundings extends Shared {
  connections: Connections
  upstream: Upstream
  book: FaultBook
  requests: RequestRecord[]
  expectToken?: () => string
  /** A fault's own function failed: a mistake of the test, told at the end. */
  onProblem: (problem: unknown) => void
}

interface Job {
  exchange: Exchange
  effects: Effect[]
  request: IncomingMessage
  body: Buffer
  around: Surroundings
}

export const serve = async (request: IncomingMessage, response: ServerResponse, around: Surroundings): Promise<void> => {
  const beganAt = performance.now()
  const line = { tls: request.socket, tcp: around.connections.of(request.socket.remotePort) }
  const body = await collected(request).catch(() => undefined)
  // Whoever left in the middle of a sentence asked for nothing.
  if (body === undefined) return
  const record = recorded(around.requests, {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    ...about(received(request, body)),
    beganAt,
  })
  const exchange = new Exchange(record, response, line)
  const effects = around.book.take(record).map(action => effectOf(action, around))
  try {
    await pass({ exchange, effects, request, body, around })
  } catch (problem) {
    around.onProblem(problem)
    exchange.cut('reset')
  } finally {
    record.endedAt = performance.now()
    for (const effect of effects) effect.done?.()
  }
}

const received = (request: IncomingMessage, body: Buffer) => ({
  method: request.method ?? 'GET',
  path: request.url ?? '/',
  contentType: request.headers['content-type'],
  body,
})

const recorded = (requests: RequestRecord[], facts: Omit<RequestRecord, 'number' | 'mutation'>): RequestRecord => {
  const counts = isChange(facts.verb) && facts.resource !== 'events'
  const mutation = counts ? 1 + (requests.findLast(one => one.mutation !== undefined)?.mutation ?? 0) : undefined
  const record = { number: requests.length + 1, mutation, ...facts }
  requests.push(record)
  return record
}

const pass = async (job: Job): Promise<void> => {
  const { exchange, effects, request, around } = job
  await begin(job)
  // One that its own fault has ended must not wait for the gate, which is shut until it is over.
  if (exchange.settled) return exchange.ended()
  await around.gate.passed()
  if (exchange.settled) return exchange.ended()
  const token = around.expectToken?.()
  if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) exchange.refuse({ status: 401 })
  else await forward(job)
  if (!exchange.told) return
  for (const effect of effects) await effect.answered?.(exchange)
}

const begin = async ({ exchange, effects }: Job): Promise<void> => {
  for (const effect of effects) {
    if (effect.before === undefined || exchange.settled) continue
    await effect.before(exchange)
    if (!exchange.settled) await notice()
  }
}

const forward = async (job: Job): Promise<void> => {
  const { exchange, effects } = job
  const { record, over } = exchange
  const answer = await asked(job)
  if (answer === undefined) return exchange.cut('reset')
  const whole = isStream(record) ? undefined : await collected(answer).catch(() => null)
  // It broke off: so must what is told of it.
  if (whole === null) return exchange.cut('reset')
  if (whole && record.verb === 'list') job.around.lists.see(record, whole)
  for (const effect of effects) if (!over.aborted) await effect.committed?.(exchange)
  if (over.aborted) answer.destroy()
  else if (whole) await tellWhole(job, answer, whole)
  else await tellStream(job, answer)
}

/** The head of the API server's answer; undefined when there is none. */
const asked = async ({ exchange: { record, over }, request: { headers }, body, around }: Job): Promise<IncomingMessage | undefined> => {
  const { method, path } = record
  // Only a watch ends with its client; what may have been done by now is seen to its end.
  const signal = isStream(record) ? over : undefined
  const answer = await around.upstream.send({ method, path, headers, body, signal }).catch(() => undefined)
  if (answer) record.status = answer.statusCode ?? 0
  return answer
}

const outletOf = ({ exchange, effects }: Job, answer: IncomingMessage, length?: number) => {
  const { connection: _c, 'keep-alive': _k, 'transfer-encoding': _t, 'content-length': _l, ...headers } = answer.headers
  const direct = exchange.begin(answer.statusCode ?? 0, { ...headers, ...(length !== undefined && { 'content-length': length }) })
  return effects.reduce((outlet, effect) => effect.through?.(outlet, exchange) ?? outlet, direct)
}

const tellWhole = async (job: Job, answer: IncomingMessage, body: Buffer): Promise<void> => {
  const outlet = outletOf(job, answer, body.length)
  job.exchange.cork()
  outlet.write(body)
  outlet.end()
  job.exchange.uncork()
  await job.exchange.ended()
}

const tellStream = async (job: Job, answer: IncomingMessage): Promise<void> => {
  const { exchange } = job
  const outlet = outletOf(job, answer)
  exchange.flush()
  answer.on('data', (bytes: Buffer) => {
    outlet.write(bytes)
    if (!exchange.full) return
    answer.pause()
    exchange.onDrain(() => answer.resume())
  })
  answer.once('end', () => outlet.end())
  // What broke off before its end is told so.
  const follow = (): void => {
    if (answer.destroyed && !answer.complete && !exchange.over.aborted) exchange.cut('reset')
  }
  answer.on('error', () => undefined)
  answer.once('close', follow)
  follow()
  await exchange.ended()
  answer.destroy()
}
