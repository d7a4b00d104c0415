// Every way in which following a kind goes wrong, one at a time, and how soon the operator must act again.
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { Action, AnswerAction, Fault, StreamAction, StreamFault } from '../proxy/fault.ts'

export interface Case {
  /** Lower-case words with dashes: it names a namespace. */
  name: string
  /** On the watch, and on the list that it leads to. */
  watch: Action
  list?: Action
  /** How many lists or watches in a row. */
  times?: number
  /** A change right after the fault must be acted on within so many seconds. */
  within: number
  /** Lists of the kind that it leads to. */
  lists: number
}

const SOON = 5
const HALF_OPEN = 35

const breaks = (how: StreamFault): StreamAction => ({ kind: 'stream', how })
const answers = (status: number, rest: Partial<AnswerAction> = {}): Action => ({ kind: 'answer', status, ...rest })
const gone = breaks('gone')

const after = (how: StreamFault, lists: number, within = SOON): Case => ({ name: how, watch: breaks(how), within, lists })

export const cases: readonly Case[] = [
  after('reset', 0),
  after('close', 0),
  after('half-open', 0, HALF_OPEN),
  after('truncated', 0),
  after('duplicated', 0),
  after('dribble', 0),
  after('error-410', 1),
  after('error-500', 0),
  after('gone', 1),
  { name: 'watch-429', watch: answers(429, { retryAfterSeconds: 1 }), within: SOON, lists: 0 },
  { name: 'watch-500', watch: answers(500), times: 2, within: SOON, lists: 0 },
  { name: 'watch-503', watch: answers(503), times: 2, within: SOON, lists: 0 },
  { name: 'watch-504', watch: answers(504, { reason: 'Timeout' }), within: SOON, lists: 0 },
  { name: 'watch-401', watch: answers(401), within: SOON, lists: 0 },
  { name: 'watch-403', watch: answers(403), within: SOON, lists: 0 },
  { name: 'watch-reset-at-once', watch: { kind: 'cut', moment: 'before', how: 'reset' }, times: 2, within: SOON, lists: 0 },
  { name: 'watch-closed-at-once', watch: { kind: 'cut', moment: 'committed', how: 'close' }, times: 2, within: SOON, lists: 0 },
  { name: 'watch-never-answered', watch: { kind: 'cut', moment: 'before', how: 'hang' }, within: HALF_OPEN, lists: 0 },
  { name: 'list-410', watch: gone, list: answers(410, { reason: 'Expired' }), within: SOON, lists: 2 },
  { name: 'list-429', watch: gone, list: answers(429, { retryAfterSeconds: 1 }), within: SOON, lists: 2 },
  { name: 'list-500', watch: gone, list: answers(500), times: 1, within: SOON, lists: 2 },
  { name: 'list-503', watch: gone, list: answers(503), times: 1, within: SOON, lists: 2 },
  { name: 'list-reset', watch: gone, list: { kind: 'cut', moment: 'committed', how: 'reset' }, within: SOON, lists: 2 },
  { name: 'list-never-answered', watch: gone, list: { kind: 'cut', moment: 'before', how: 'hang' }, within: HALF_OPEN, lists: 2 },
]

/** What breaks a watch that runs; all else waits for the next one. */
export const breaksRunning = (one: Case): one is Case & { watch: StreamAction } => one.watch.kind === 'stream' && one.watch.how !== 'gone'

/** They strike the running watch, or the one that follows it, and the list after that. */
export const faultsOf = (one: Case, namespace: string, strike: Promise<void>): Fault[] => {
  const { watch, list, times = 1 } = one
  const on = { resource: inferenceServices.plural, namespace }
  const watching = { ...on, verb: 'watch' as const }
  if (breaksRunning(one)) return [{ on: watching, act: { ...one.watch, upon: strike } }]
  return [
    { on: watching, act: { kind: 'stream', how: 'close', upon: strike } },
    { on: watching, act: watch, from: 2, times: list ? 1 : times },
    ...(list ? [{ on: { ...on, verb: 'list' as const }, act: list, from: 2, times }] : []),
  ]
}
