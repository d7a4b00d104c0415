// Decides when a sink is told of a move, so that nobody waits for it: one move after the other, each Model in its order, and while the sink is away only now and then.
//
//   Model.status ── moves behind status.delivered ──▶ POST ── 2xx ──▶ news ──▶ next pass ── status.delivered ──▶ Model.status
//
// The ledger is the queue: nothing is kept here that it does not hold. What was taken and is not written yet when a process dies is told again, with the same id.
import type { Registry } from 'prom-client'
import type { Observation } from '../api/conditions.ts'
import type { Delivered, Model } from '../api/model.ts'
import type { CloudEventsConfig } from '../config.ts'
import type { Announced } from '../plan/model/status.ts'
import { type Backoff, createBackoff } from '../runtime/backoff.ts'
import { pause, systemClock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { Queue } from '../runtime/queue.ts'
import type { Key, KubeObject } from '../runtime/shape.ts'
import { eventOf } from './event.ts'
import { createEventMetrics, type EventMetrics } from './metrics.ts'
import { countIn, type Owed, owed, type View } from './owed.ts'
import { Sink, type Trouble } from './sink.ts'
import { asBefore, catchingUp, delivered, trouble } from './words.ts'

export interface EventBookOptions {
  cloudEvents: CloudEventsConfig
  log: Log
  registry: Registry
  timeoutMs?: number
  /** How long a sink that is away is left alone: at first, and at most. */
  backoffMs?: Wait
  /** How long after a sink has refused an event it is asked again: at first, and at most. */
  refusedMs?: Wait
}

interface Wait {
  first: number
  longest: number
}

export interface EventWorld {
  readonly namespace: string
  readonly name: string
  /** Absent while no Model of this name exists. */
  readonly model: Model | undefined
  readonly ledger: readonly KubeObject[]
}

interface Entry {
  readonly uid: string
  view: View
  /** Ahead of what the Model says by what was taken since its last write. */
  delivered: Delivered
  /** How often in a row the sink would not take the next one. */
  refusals: number
  /** While something is owed. */
  word: Observation | undefined
}

/** Then the next Model has its turn. */
const MOST_AT_ONCE = 20
/** Half an hour, by the waits below. A sink that never takes an event must not keep those behind it from anybody. */
export const MOST_REFUSALS = 12

const usualBackoff: Wait = { first: 1000, longest: 300_000 }
const usualRefused: Wait = { first: 5000, longest: 300_000 }
const none: Delivered = { moves: 0 }

/** What a sink has been told, by Model. It owns a worker and its connection, so it has an end: `stop`. */
export class EventBook {
  readonly #log: Log
  readonly #sink: Sink
  readonly #since: number
  readonly #longestMs: number
  readonly #backoff: Backoff
  readonly #refusedMs: Wait
  readonly #queue = new Queue({ clock: systemClock })
  readonly #metrics: EventMetrics
  readonly #entries = new Map<Key, Entry>()
  readonly #listeners: ((model: Key) => void)[] = []
  readonly #stopping = new AbortController()
  readonly #work: Promise<void>
  /** Why the sink is of no use, while it is not. */
  #away: Trouble | undefined

  constructor(options: EventBookOptions) {
    const { cloudEvents, log, registry, timeoutMs, backoffMs = usualBackoff, refusedMs = usualRefused } = options
    const { sink: uri, tokenFile, since } = cloudEvents
    this.#log = log
    this.#sink = new Sink({ uri, ...(tokenFile && { tokenFile }), ...(timeoutMs && { timeoutMs }) })
    this.#since = since?.getTime() ?? Number.NEGATIVE_INFINITY
    this.#longestMs = backoffMs.longest
    this.#backoff = createBackoff({ firstMs: backoffMs.first, longestMs: backoffMs.longest, random: Math.random })
    this.#refusedMs = refusedMs
    this.#metrics = createEventMetrics(registry, () => this.#backlog())
    this.#work = this.#takeTurns()
  }

  /** What is known at once; what this Model has moved is told in the background. */
  of({ namespace, name, model, ledger }: EventWorld): Announced | undefined {
    const key = `${namespace}/${name}`
    if (!model) {
      this.#entries.delete(key)
      return undefined
    }
    const entry = this.#seen(key, { model, links: ledger })
    if (!isOwed(entry)) return { said: delivered(entry.delivered), delivered: entry.delivered }
    // One that was refused has its own time.
    if (entry.refusals === 0) this.#queue.add(key)
    const word = entry.word ?? (this.#away && trouble(entry.delivered.moves + 1, this.#away))
    return { said: word ?? asBefore(model), delivered: entry.delivered }
  }

  /** Told the Model of which something else is known now. */
  subscribe(listener: (model: Key) => void): void {
    this.#listeners.push(listener)
  }

  /** No event is begun any more, and one that is under way is broken off. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#queue.shutdown()
    await this.#sink.close()
    await this.#work
  }

  #seen(key: Key, view: View): Entry {
    const { metadata, status } = view.model
    const stored = status?.delivered ?? none
    const before = this.#entries.get(key)
    if (before?.uid !== metadata.uid) {
      const entry: Entry = { uid: metadata.uid, view, delivered: stored, refusals: 0, word: undefined }
      this.#entries.set(key, entry)
      return entry
    }
    const isAhead = before.delivered.moves > stored.moves && before.delivered.moves <= countIn(view)
    before.view = view
    if (!isAhead) before.delivered = stored
    return before
  }

  async #takeTurns(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      const waitMs = await this.#turn(key)
      this.#queue.done(key)
      if (waitMs > 0) await pause(systemClock, waitMs, this.#stopping.signal)
    }
  }

  /** Answers how long to leave the sink alone. */
  async #turn(key: Key): Promise<number> {
    const entry = this.#entries.get(key)
    if (!entry) return 0
    const before = JSON.stringify([entry.delivered, entry.word])
    const stopped = await this.#tellSome(entry)
    if (this.#stopping.signal.aborted) return 0
    const waitMs = stopped ? this.#stoppedAt(key, entry, stopped) : this.#goOn(key, entry)
    if (JSON.stringify([entry.delivered, entry.word]) !== before) this.#news(key)
    return waitMs
  }

  /** Answers what it stopped at. */
  async #tellSome(entry: Entry): Promise<Stopped | undefined> {
    let posts = 0
    for (const next of owed(entry.view, entry.delivered.moves)) {
      const isDue = 'lost' in next || !(Date.parse(next.move.at) < this.#since)
      if (isDue && posts++ === MOST_AT_ONCE) return undefined
      const found = isDue && (await this.#tell(entry, next))
      if (found) return { trouble: found, owed: next }
      entry.delivered = { ...entry.delivered, moves: next.number }
      entry.refusals = 0
    }
    return undefined
  }

  async #tell({ view }: Entry, next: Owed): Promise<Trouble | undefined> {
    if ('lost' in next) return { with: 'ledger', why: next.lost }
    const found = await this.#sink.post(eventOf(view.model, next.number, next.move))
    this.#metrics.count(!found ? 'delivered' : found.with === 'event' ? 'refused' : 'failed')
    if (!found || found.with === 'event') this.#isBack()
    return found
  }

  #stoppedAt(key: Key, entry: Entry, stopped: Stopped): number {
    const { trouble: found, owed: next } = stopped
    entry.word = trouble(next.number, found)
    if (found.with === 'event' || found.with === 'ledger') {
      this.#refused(key, entry, stopped)
      return 0
    }
    // Behind the others, so that one Model that a sink stumbles over does not keep the rest from it.
    this.#queue.add(key)
    return this.#wentAway(found)
  }

  /** After so many refusals the event is given up, and those behind it are told. */
  #refused(key: Key, entry: Entry, { trouble: { why }, owed: next }: Stopped): void {
    entry.refusals++
    const about = { key, move: next.number, why, refusals: entry.refusals }
    if (entry.refusals < MOST_REFUSALS) {
      this.#log.warn(about, 'event refused')
      this.#queue.addAfter(key, Math.min(this.#refusedMs.first * 2 ** (entry.refusals - 1), this.#refusedMs.longest))
      return
    }
    const last = 'upTo' in next ? next.upTo : next.number
    const many = last - next.number + 1
    this.#log.error({ ...about, upTo: last }, 'event passed over')
    this.#metrics.count('passed_over', many)
    entry.delivered = { moves: last, passedOver: (entry.delivered.passedOver ?? 0) + many }
    entry.refusals = 0
    this.#goOn(key, entry)
  }

  #goOn(key: Key, entry: Entry): 0 {
    entry.word = isOwed(entry) ? catchingUp() : undefined
    if (isOwed(entry)) this.#queue.add(key)
    return 0
  }

  #wentAway(found: Trouble): number {
    if (!this.#away) this.#log.warn({ why: found.why }, 'event sink away')
    const isNews = this.#away?.why !== found.why
    this.#away = found
    if (isNews) this.#tellWaiting(found)
    return Math.max(this.#backoff.next(), Math.min(found.retryAfterMs ?? 0, this.#longestMs))
  }

  /** All that owe something learn why. */
  #tellWaiting(found: Trouble): void {
    for (const [key, entry] of this.#entries) {
      if (!isOwed(entry) || entry.refusals > 0) continue
      entry.word = trouble(entry.delivered.moves + 1, found)
      this.#news(key)
    }
  }

  #isBack(): void {
    if (this.#away) this.#log.info({ waiting: this.#queue.depth }, 'event sink back')
    this.#away = undefined
    this.#backoff.reset()
  }

  #news(key: Key): void {
    for (const listener of this.#listeners) listener(key)
  }

  #backlog(): { moves: number; oldestSeconds: number } {
    const behind = [...this.#entries.values()].filter(isOwed)
    const ages = behind.map(({ view, delivered: { moves } }) => ageOf(owed(view, moves)))
    return {
      moves: behind.reduce((sum, { view, delivered: { moves } }) => sum + countIn(view) - moves, 0),
      oldestSeconds: Math.max(0, ...ages),
    }
  }
}

interface Stopped {
  trouble: Trouble
  owed: Owed
}

const isOwed = ({ view, delivered: { moves } }: Entry): boolean => countIn(view) > moves

/** Of the first. */
const ageOf = ([next]: Iterable<Owed>): number =>
  next && 'move' in next ? (systemClock.now().getTime() - Date.parse(next.move.at)) / 1000 : 0
