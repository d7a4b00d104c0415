// Decides when a tracking server is asked and told, so that nobody waits for it: one model at a time, and while it is away only now and then.
import type { Observation } from '../api/conditions.ts'
import type { TrackingConfig } from '../config.ts'
import { type Backoff, createBackoff } from '../runtime/backoff.ts'
import { type Clock, pause, systemClock } from '../runtime/clock.ts'
import { causeOf } from '../runtime/errors.ts'
import type { Log } from '../runtime/log.ts'
import { Queue } from '../runtime/queue.ts'
import type { Key } from '../runtime/shape.ts'
import { catchUp } from './catchup.ts'
import { type MirrorWorld, mirror, type Wanted } from './mirror.ts'
import { nameOf } from './names.ts'
import { type Server, TrackingError } from './request.ts'
import { modelsWith } from './seen.ts'
import { tag } from './tags.ts'
import { inStep, notYet, trouble } from './words.ts'

export interface BookOptions {
  tracking: TrackingConfig
  /** Namespaces that the operator looks after; none means all. */
  namespaces: readonly string[]
  log: Log
  timeoutMs?: number
  /** How long a server that is away is left alone: at first, and at most. */
  backoffMs?: { first: number; longest: number }
  /** How often a model is compared though nothing moved here: people change tags and aliases by hand. */
  againAfterMs?: number
}

interface Entry {
  readonly wanted: Wanted
  /** The same as text, to be compared. */
  readonly text: string
  isEqual: boolean
  word: Observation | undefined
}

/** Looks for models that the server shows and Kubernetes does not have any more. */
const SWEEP = '/sweep'

/** Its timers keep no process from ending. */
const clock: Clock = {
  ...systemClock,
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds).unref()
    return () => clearTimeout(timer)
  },
}

/** What is known of the mirror, by model. It owns a worker, which begins with the first model. */
export class TrackingBook {
  readonly #options: BookOptions
  readonly #server: Server
  readonly #againAfterMs: number
  readonly #entries = new Map<Key, Entry>()
  readonly #listeners: ((model: Key) => void)[] = []
  readonly #queue = new Queue({ clock, firstBackoffMs: 5000, longestBackoffMs: 300_000 })
  readonly #backoff: Backoff
  /** Why the server is of no use, while it is not. */
  #away: Observation | undefined
  #works = false

  constructor(options: BookOptions) {
    const { tracking, timeoutMs, backoffMs = { first: 1000, longest: 30_000 }, againAfterMs = 600_000 } = options
    this.#options = options
    this.#server = { uri: tracking.uri, ...(tracking.token && { token: tracking.token }), ...(timeoutMs && { timeoutMs }) }
    this.#againAfterMs = againAfterMs
    this.#backoff = createBackoff({ firstMs: backoffMs.first, longestMs: backoffMs.longest, random: Math.random })
  }

  /** What is known at once; what is wanted of this model is remembered, and done in the background. */
  of(world: MirrorWorld): Observation {
    const key = `${world.namespace}/${world.name}`
    const wanted = mirror(this.#options.tracking, world)
    const text = JSON.stringify(wanted)
    const before = this.#entries.get(key)
    const entry: Entry = before?.text === text ? before : { wanted, text, isEqual: false, word: this.#away ?? before?.word }
    this.#entries.set(key, entry)
    if (entry !== before) this.#queue.add(key)
    this.#begin()
    return entry.word ?? notYet(world.model)
  }

  /** Told the model of which something else is known now, or which Kubernetes may have lost. */
  subscribe(listener: (model: Key) => void): void {
    this.#listeners.push(listener)
  }

  #begin(): void {
    if (this.#works) return
    this.#works = true
    void this.#work()
    // By then every model of the cluster has been looked at once.
    this.#queue.addAfter(SWEEP, this.#againAfterMs / 20)
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      const waitMs = await this.#attempt(key)
      this.#queue.done(key)
      if (waitMs > 0) await pause(clock, waitMs)
    }
  }

  /** Answers how long to leave the server alone. */
  async #attempt(key: Key): Promise<number> {
    try {
      await (key === SWEEP ? this.#sweep() : this.#bring(key))
    } catch (error) {
      return this.#failed(key, error)
    }
    if (this.#away) this.#options.log.info({ waiting: this.#queue.depth }, 'tracking server back')
    this.#away = undefined
    this.#backoff.reset()
    this.#queue.forget(key)
    if (key === SWEEP || this.#entries.has(key)) this.#queue.addAfter(key, this.#againAfterMs * (0.75 + Math.random() / 2))
    return 0
  }

  async #bring(key: Key): Promise<void> {
    const entry = this.#entries.get(key)
    if (!entry) return
    await catchUp(this.#server, entry.wanted, this.#options.tracking)
    // Wanted otherwise meanwhile: then it is in the queue again.
    if (this.#entries.get(key) !== entry) return
    // Of what is gone there is nobody to tell, and whoever asks begins anew.
    if (entry.wanted.tags[tag.managed] === 'gone') {
      this.#entries.delete(key)
      return
    }
    entry.isEqual = true
    this.#tell(key, inStep(entry.wanted))
  }

  async #sweep(): Promise<void> {
    const { tracking, namespaces } = this.#options
    for (const { name, tags } of await modelsWith(this.#server, tag.managed, 'true')) {
      const { [tag.namespace]: namespace = '', [tag.model]: model = '' } = tags
      const isOurs = nameOf(tracking, { namespace, model }) === name && (namespaces.length === 0 || namespaces.includes(namespace))
      if (isOurs && !this.#entries.has(`${namespace}/${model}`)) this.#news(`${namespace}/${model}`)
    }
  }

  #failed(key: Key, error: unknown): number {
    const { log } = this.#options
    const word = trouble(error)
    const entry = this.#entries.get(key)
    if (entry) entry.isEqual = false
    if (!(error instanceof TrackingError) || error.isAboutTheRequest) {
      log.warn({ key, cause: causeOf(error) }, 'tracking server refused')
      this.#tell(key, word)
      this.#queue.addRateLimited(key)
      return 0
    }
    if (!this.#away) log.warn({ cause: causeOf(error) }, 'tracking server away')
    this.#away = word
    for (const [each, { isEqual }] of this.#entries) if (!isEqual) this.#tell(each, word)
    // It goes behind the others, so that one model that a server stumbles over does not keep the rest from it.
    this.#queue.add(key)
    return this.#backoff.next()
  }

  #tell(key: Key, word: Observation): void {
    const entry = this.#entries.get(key)
    if (!entry || JSON.stringify(entry.word) === JSON.stringify(word)) return
    entry.word = word
    this.#news(key)
  }

  #news(key: Key): void {
    for (const listener of this.#listeners) listener(key)
  }
}
