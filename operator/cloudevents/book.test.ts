import { setTimeout as sleep } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { afterEach, describe, expect, it } from 'vitest'
import { type Conduct, openSink } from '../../test/simulated/eventsink.ts'
import { type ModelLedger, modelLedger } from '../../test/simulated/modelledger.ts'
import { silentLog } from '../runtime/log.ts'
import { EventBook, type EventBookOptions, MOST_REFUSALS } from './book.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

type Options = Partial<Omit<EventBookOptions, 'cloudEvents'>> & { since?: Date }

const hanging: Conduct = () => undefined

/** Machines are slow at times. */
const eventually = <Value>(ask: () => Value) => expect.poll(ask, { timeout: 10_000, interval: 20 })

const opened = async (conduct: Conduct, { since, ...options }: Options = {}) => {
  const sink = await openSink(conduct)
  const registry = new Registry()
  const backoffMs = { first: 20, longest: 100 }
  const cloudEvents = { sink: sink.uri, ...(since && { since }) }
  const book = new EventBook({ cloudEvents, log: silentLog, registry, backoffMs, refusedMs: backoffMs, ...options })
  const news: string[] = []
  book.subscribe(key => news.push(key))
  closing.push(sink.close, () => book.stop())
  return { sink, book, news, registry }
}

const withMoves = (promotions: number, name?: string): ModelLedger => {
  const ledger = modelLedger(name)
  for (let count = 0; count < promotions; count++) {
    ledger.promote()
    ledger.pass(undefined)
  }
  return ledger
}

const of = (book: EventBook, ledger: ModelLedger) => {
  const model = ledger.model()
  return book.of({ namespace: 'ns', name: model.metadata.name, model, ledger: ledger.links })
}

const numbers = (events: readonly { sequence: string; subject: string }[]) => events.map(({ sequence }) => Number(sequence))
const upTo = (count: number, from = 1) => Array.from({ length: count - from + 1 }, (_, index) => index + from)

describe('the book of events', () => {
  it('answers at once, and tells in the background, in order, each move once', async () => {
    const { sink, book, news } = await opened(204)
    const ledger = withMoves(30)
    expect(of(book, ledger)).toMatchObject({ said: { status: 'Unknown', reason: 'EventsPending' }, delivered: { moves: 0 } })
    expect(sink.asked).toEqual([])
    await eventually(() => sink.asked.length).toBe(59)
    await eventually(() => of(book, ledger)?.delivered).toEqual({ moves: 59 })
    expect(numbers(sink.asked.map(({ event }) => event))).toEqual(upTo(59))
    expect(of(book, ledger)?.said).toMatchObject({ type: 'EventsDelivered', status: 'True', reason: 'Delivered' })
    expect(new Set(news)).toEqual(new Set(['ns/iris']))
    expect(sink.asked).toHaveLength(59)
  })

  it('has nothing to tell of a Model that has not moved', async () => {
    const { sink, book, news } = await opened(204)
    expect(of(book, modelLedger())).toMatchObject({ said: { status: 'True', reason: 'Delivered' }, delivered: { moves: 0 } })
    await sleep(50)
    expect(sink.asked).toEqual([])
    expect(news).toEqual([])
  })

  it('goes on where the Model says that an operator before it had come to', async () => {
    const { sink, book } = await opened(204)
    const ledger = withMoves(3)
    ledger.status = { ...ledger.status, delivered: { moves: 4, passedOver: 1 } }
    of(book, ledger)
    await eventually(() => of(book, ledger)?.delivered).toEqual({ moves: 5, passedOver: 1 })
    expect(numbers(sink.taken)).toEqual([5])
  })

  it('costs the Model one write for each move, and none when nothing moves', async () => {
    const { book, news } = await opened(204)
    const ledger = modelLedger()
    const said = () => JSON.stringify([ledger.status?.delivered, ledger.status?.conditions?.find(({ type }) => type === 'EventsDelivered')])
    let writes = 0
    const pass = () => {
      const before = said()
      ledger.pass(book)
      if (said() !== before) writes++
    }
    book.subscribe(pass)
    pass()
    expect(writes).toBe(1)
    for (const moves of [1, 3, 5]) {
      ledger.promote()
      pass()
      await eventually(() => ledger.status?.delivered?.moves).toBe(moves)
    }
    expect(writes).toBe(4)
    const before = news.length
    for (let count = 0; count < 10; count++) pass()
    await sleep(100)
    expect([writes, news.length]).toEqual([4, before])
  })

  it.each([
    ['fails', 500 as Conduct, 'SinkUnreachable', 'the sink answered 500'],
    ['hangs', hanging, 'SinkUnreachable', 'no answer within 200 ms'],
    ['refuses the token', 401 as Conduct, 'SinkRefused', 'check the token'],
    ['leads elsewhere', 308 as Conduct, 'SinkRefused', 'redirects are not followed'],
  ])(
    'tells every Model that the sink %s, asks it now and then, not once for each, and loses nothing',
    async (_what, conduct, reason, why) => {
      const { sink, book, news } = await opened(conduct, { timeoutMs: conduct === hanging ? 200 : 10_000 })
      const ledgers = upTo(12).map(number => withMoves(2, `m${number}`))
      for (const ledger of ledgers) of(book, ledger)
      await eventually(() => new Set(news).size).toBe(12)
      for (const ledger of ledgers)
        expect(of(book, ledger)?.said).toMatchObject({ status: 'False', reason, message: expect.stringContaining(why) })
      const [before, began] = [sink.asked.length, performance.now()]
      await eventually(() => sink.asked.length - before).toBeGreaterThan(2)
      // Never sooner than the shortest wait.
      expect(sink.asked.length - before).toBeLessThan(2 + (performance.now() - began) / 20)
      sink.conduct(204)
      await eventually(() => ledgers.every(ledger => of(book, ledger)?.delivered.moves === 3)).toBe(true)
      for (const { model } of ledgers)
        expect([...new Set(numbers(sink.taken.filter(({ data }) => data.model === model().metadata.name)))]).toEqual([1, 2, 3])
      for (const ledger of ledgers) expect(of(book, ledger)?.said).toMatchObject({ status: 'True' })
    },
  )

  it('leaves a sink alone for as long as it asks, within bounds', async () => {
    const { sink, book } = await opened(answer => void answer.writeHead(429, { 'retry-after': '3600' }).end(), {
      backoffMs: { first: 10, longest: 400 },
    })
    of(book, withMoves(1))
    await eventually(() => sink.asked.length).toBe(2)
    expect((sink.asked[1]?.at ?? 0) - (sink.asked[0]?.at ?? 0)).toBeGreaterThan(390)
  })

  it('gives up an event that the sink will not take, after many tries, and tells those behind it', async () => {
    const picky: Conduct = (answer, { data, sequence }) =>
      void answer.writeHead(data.model === 'iris' && Number(sequence) === 2 ? 413 : 204).end()
    const { sink, book, registry } = await opened(picky)
    const [poisoned, other] = [withMoves(2), withMoves(2, 'other')]
    of(book, poisoned)
    await eventually(() => of(book, poisoned)?.said.message).toContain('move 2: the sink answered 413')
    of(book, other)
    await eventually(() => of(book, other)?.delivered.moves).toBe(3)
    expect(of(book, poisoned)?.delivered).toEqual({ moves: 1 })
    await eventually(() => of(book, poisoned)?.delivered).toEqual({ moves: 3, passedOver: 1 })
    expect(of(book, poisoned)?.said).toMatchObject({ status: 'True', message: expect.stringContaining('passed over: 1') })
    const own = sink.asked.filter(({ event }) => event.data.model === 'iris').map(({ event }) => event)
    expect(numbers(own)).toEqual([1, ...Array.from({ length: MOST_REFUSALS }, () => 2), 3])
    expect(await registry.metrics()).toMatch(/tidegate_cloudevents_total\{result="passed_over"\} 1\n/)
  })

  it('counts no refusal faster because the Model goes on moving', async () => {
    const { sink, book } = await opened(400, { refusedMs: { first: 5000, longest: 5000 } })
    const ledger = withMoves(1)
    of(book, ledger)
    await eventually(() => sink.asked.length).toBe(1)
    for (let count = 0; count < 10; count++) {
      ledger.promote()
      of(book, ledger)
      await sleep(10)
    }
    expect(sink.asked).toHaveLength(1)
  })

  it('says which moves are missing in the ledger, and goes on behind them', async () => {
    const { sink, book } = await opened(204)
    const ledger = withMoves(100)
    const count = ledger.moves.length
    ledger.links = ledger.links.slice(1)
    of(book, ledger)
    await eventually(() => of(book, ledger)?.said.reason).toBe('MovesMissing')
    await eventually(() => of(book, ledger)?.delivered).toEqual({ moves: count, passedOver: 50 })
    expect(numbers(sink.taken)).toEqual(upTo(count, 51))
  })

  it('tells no move from before the time that is set', async () => {
    const since = new Date('2026-01-01T00:02:30Z')
    const { sink, book } = await opened(204, { since })
    const ledger = withMoves(4)
    of(book, ledger)
    await eventually(() => of(book, ledger)?.delivered).toEqual({ moves: 7 })
    expect(numbers(sink.taken)).toEqual([4, 5, 6, 7])
  })

  it('gives every Model its turn, however much another has to tell', async () => {
    const { sink, book } = await opened(answer => void setTimeout(() => answer.writeHead(204).end(), 2))
    const [long, short] = [withMoves(100, 'long'), withMoves(1, 'short')]
    of(book, long)
    of(book, short)
    await eventually(() => sink.asked.some(({ event }) => event.data.model === 'short')).toBe(true)
    expect(sink.asked.findIndex(({ event }) => event.data.model === 'short')).toBeLessThan(21)
  })

  it('tells of a Model that was made anew from its first move on, and forgets one that is gone', async () => {
    const { sink, book } = await opened(204)
    const old = withMoves(2)
    of(book, old)
    await eventually(() => of(book, old)?.delivered.moves).toBe(3)
    const anew = modelLedger('iris', 'another-uid')
    anew.promote()
    of(book, anew)
    await eventually(() => of(book, anew)?.delivered.moves).toBe(1)
    expect(new Set(sink.taken.map(({ id }) => id)).size).toBe(4)
    expect(book.of({ namespace: 'ns', name: 'iris', model: undefined, ledger: [] })).toBeUndefined()
  })

  it('lets what an earlier operator found out stand until it knows better', async () => {
    const { book } = await opened(() => undefined)
    const known = { type: 'EventsDelivered', status: 'False', reason: 'SinkUnreachable', message: 'as it was' } as const
    const ledger = withMoves(1)
    ledger.status = { ...ledger.status, conditions: [{ ...known, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' }] }
    expect(of(book, ledger)?.said).toMatchObject(known)
  })

  it('counts what it does, and how far the sink is behind', async () => {
    const { sink, book, registry } = await opened(500)
    const ledger = withMoves(2)
    const read = async (name: string) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await registry.metrics())?.[1])
    expect(await read('tidegate_cloudevents_pending')).toBe(0)
    expect(await read('tidegate_cloudevents_oldest_pending_seconds')).toBe(0)
    of(book, ledger)
    await eventually(() => read('tidegate_cloudevents_total\\{result="failed"\\}')).toBeGreaterThan(0)
    expect(await read('tidegate_cloudevents_pending')).toBe(3)
    expect(await read('tidegate_cloudevents_oldest_pending_seconds')).toBeGreaterThan(0)
    sink.conduct(204)
    await eventually(() => read('tidegate_cloudevents_total\\{result="delivered"\\}')).toBe(3)
    expect(await read('tidegate_cloudevents_pending')).toBe(0)
  })

  it('ends at once, whatever the sink does', async () => {
    const { sink, book } = await opened(() => undefined, { timeoutMs: 60_000 })
    of(book, withMoves(1))
    await eventually(() => sink.asked.length).toBe(1)
    const began = performance.now()
    await book.stop()
    expect(performance.now() - began).toBeLessThan(500)
  })
})
