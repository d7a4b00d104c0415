import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { Registry } from 'prom-client'
import { afterAll, describe, expect, it } from 'vitest'
import { openSink } from '../../test/simulated/eventsink.ts'
import { type ModelLedger, modelLedger } from '../../test/simulated/modelledger.ts'
import { silentLog } from '../runtime/log.ts'
import { EventBook, MOST_REFUSALS } from './book.ts'
import { type CloudEvent, eventOf } from './event.ts'

const HISTORIES = Number(process.env['EVENT_HISTORIES'] ?? 15)

/** Whether the sink keeps the event, and how it answers. */
const conducts = {
  take: { keeps: true, answers: 204 },
  'take and hang up': { keeps: true, answers: undefined },
  'take and fail': { keeps: true, answers: 500 },
  'take and refuse': { keeps: true, answers: 400 },
  fail: { keeps: false, answers: 503 },
  refuse: { keeps: false, answers: 422 },
  redirect: { keeps: false, answers: 307 },
  'hang up': { keeps: false, answers: undefined },
} as const
type Conduct = keyof typeof conducts

const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), promotions: fc.constantFrom(1, 2, 3, 5, 40) }) },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), dies: fc.boolean() }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 15 }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('sink' as const),
        next: fc.array(fc.constantFrom(...(Object.keys(conducts) as Conduct[])), { maxLength: 4 }),
      }),
    },
  ),
  { minLength: 4, maxLength: 25 },
)
type Steps = typeof steps extends fc.Arbitrary<infer Value> ? Value : never

/** What the sink does next; when nothing is left, it takes. */
let script: Conduct[] = []
let kept: CloudEvent[] = []
/** By id; none is refused as often as it takes to be given up. */
let refused: Record<string, number> = {}
const next = ({ id }: CloudEvent): (typeof conducts)[Conduct] => {
  const conduct = conducts[script.shift() ?? 'take']
  const isRefusal = conduct.answers === 400 || conduct.answers === 422
  if (isRefusal) refused[id] = (refused[id] ?? 0) + 1
  return (refused[id] ?? 0) < MOST_REFUSALS - 1 || !isRefusal ? conduct : conducts.take
}
const sink = await openSink((answer, event) => {
  const { keeps, answers } = next(event)
  if (keeps) kept.push(event)
  if (answers === undefined) answer.destroy()
  else answer.writeHead(answers).end()
})
afterAll(() => sink.close())

/** An operator; what it remembers goes with it. */
const newBook = (ledger: ModelLedger): EventBook => {
  const quick = { first: 1, longest: 4 }
  const cloudEvents = { sink: sink.uri }
  const book = new EventBook({ cloudEvents, log: silentLog, registry: new Registry(), backoffMs: quick, refusedMs: quick })
  book.subscribe(() => ledger.pass(book))
  return book
}

const run = async (actions: Steps): Promise<void> => {
  script = []
  kept = []
  refused = {}
  const ledger = modelLedger()
  let book = newBook(ledger)
  const restart = async () => {
    await book.stop()
    book = newBook(ledger)
  }
  for (const action of actions) {
    if (action.kind === 'move') for (let count = 0; count < action.promotions; count++) ledger.promote()
    if (action.kind === 'pass') ledger.pass(book, action.dies)
    if (action.kind === 'pass' && action.dies) await restart()
    if (action.kind === 'wait') await sleep(action.ms)
    if (action.kind === 'crash') await restart()
    if (action.kind === 'sink') script.push(...action.next)
  }
  script = script.slice(0, 8)
  await catchUp(ledger, () => ledger.pass(book))
  await book.stop()
  check(ledger)
}

/** As long as there is any progress, however slow the machine is. */
const catchUp = async (ledger: ModelLedger, pass: () => void): Promise<void> => {
  let before = -1
  for (let since = performance.now(); !isCaughtUp(ledger) && performance.now() - since < 10_000; await sleep(1)) {
    if (kept.length > before) since = performance.now()
    before = kept.length
    pass()
  }
}

const isCaughtUp = ({ status, moves }: ModelLedger): boolean => (status?.delivered?.moves ?? 0) === moves.length

const check = (ledger: ModelLedger): void => {
  const wanted = ledger.moves.map((move, index) => eventOf(ledger.model(), index + 1, move))
  expect(ledger.status?.delivered).toEqual(wanted.length > 0 ? { moves: wanted.length } : undefined)
  const firsts = kept.filter((event, index) => kept.findIndex(({ id }) => id === event.id) === index)
  // Those that came first are in order and complete, and whatever came again is the same event.
  expect(firsts).toEqual(wanted)
  for (const event of kept) expect(event).toEqual(wanted[Number(event.sequence) - 1])
}

describe('whatever moves, crashes, and a sink that is away or lies about what it took', () => {
  it('the sink gets every move at least once, the first time in order, under an id that is always the same', async () => {
    await fc.assert(fc.asyncProperty(steps, run), { numRuns: HISTORIES })
  }, 600_000)
})
