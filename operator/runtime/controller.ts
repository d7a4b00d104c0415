// The loop, once for every kind: a change becomes a key, a key becomes a pass, a pass ends in success, a later look, or a retry.
import type { Client } from './client.ts'
import type { Clock } from './clock.ts'
import type { Effects, WriterNames } from './effects.ts'
import { ApiError, causeOf, isConflict, isVanished } from './errors.ts'
import type { Informer, Informers } from './informers.ts'
import { controllerOf, keyOf, kindKey, parseKey, refOf } from './keys.ts'
import type { Log } from './log.ts'
import { hurry, Memories, refresh } from './memory.ts'
import type { ControllerMetrics, Metrics, Result } from './metrics.ts'
import { Replaced } from './owner.ts'
import { type Decide, nothingToDo, type PassOutcome, runPass } from './pass.ts'
import { type Bounds, Queue } from './queue.ts'
import type { Recorder } from './recorder.ts'
import { createRetrySlots } from './retryslots.ts'
import type { Key, KubeObject, Plan, Stores } from './shape.ts'
import type { ControllerSpec, WatchedKind } from './spec.ts'
import type { Change } from './store.ts'

export interface ControllerOptions {
  client: Client
  clock: Clock
  log: Log
  metrics: Metrics
  recorder: Recorder
  names: WriterNames
}

const usualConcurrency = 8

/** For each owner whose children could be written at last. */
const broughtForward = 4

/** One kind's loop. It owns a queue and workers, so it has an end: `stop`. */
export class Controller<World, Status extends object> {
  readonly #spec: ControllerSpec<World, Status>
  readonly #options: ControllerOptions
  readonly #log: Log
  readonly #metrics: ControllerMetrics
  readonly #concurrency: number
  readonly #queue: Queue
  readonly #memories = new Memories()
  readonly #retries = createRetrySlots()
  readonly #informers = new Map<string, Informer>()
  readonly #primary: Informer
  readonly #owned: Informer[]
  readonly #stores: Stores
  #workers: Promise<void>[] = []

  /** Declares what it follows; nothing runs before `start`. */
  constructor(spec: ControllerSpec<World, Status>, informers: Informers, options: ControllerOptions) {
    this.#spec = spec
    this.#options = options
    this.#log = withFields(options.log, { controller: spec.name })
    this.#concurrency = spec.concurrency ?? usualConcurrency
    this.#metrics = options.metrics.controller(spec.name, this.#concurrency)
    this.#queue = new Queue({ clock: options.clock, workers: this.#concurrency, watcher: options.metrics.queue(spec.name) })
    options.metrics.watchQueue(spec.name, this.#queue)
    this.#primary = this.#follow(informers, spec.primary)
    for (const { resource } of spec.watches ?? []) this.#follow(informers, resource)
    this.#owned = spec.children.map(kind => this.#follow(informers, kind, true))
    this.#stores = { of: kind => this.#informerOf(kind).store }
  }

  /** Begins to work; the caches are complete by now. */
  start(): void {
    this.#primary.store.subscribe(change => this.#enqueue(change, object => [keyOf(object)]))
    for (const { store } of this.#owned) store.subscribe(change => this.#enqueue(change, object => this.#ownerOf(object)))
    for (const { store } of this.#informers.values()) store.subscribe(change => this.#enqueueWaiting(change))
    for (const { resource, keys } of this.#spec.watches ?? []) {
      this.#informerOf(resource).store.subscribe(change => this.#enqueue(change, object => keys(object, this.#stores)))
    }
    this.#workers = Array.from({ length: this.#concurrency }, () => this.#work())
  }

  /** Looks at a key now, as if something had happened to it. */
  enqueue(key: Key): void {
    this.#queue.add(key)
  }

  /** Passes in flight are finished, none begins. */
  async stop(): Promise<void> {
    this.#queue.shutdown()
    await Promise.all(this.#workers)
  }

  #follow(informers: Informers, kind: WatchedKind, keepManagedFields = false): Informer {
    const { selection, indexes, ...resource } = kind
    const informer = informers.declare({ resource, keepManagedFields, ...(selection && { selection }), ...(indexes && { indexes }) })
    const known = this.#informers.get(kindKey(kind))
    if (known && known !== informer) throw new Error(`controller ${this.#spec.name} follows ${kind.plural} under two selections: use one`)
    this.#informers.set(kindKey(kind), informer)
    return informer
  }

  #informerOf(kind: { apiVersion: string; kind: string }): Informer {
    const informer = this.#informers.get(kindKey(kind))
    if (!informer) throw new Error(`controller ${this.#spec.name} does not follow ${kind.kind}: add it to its watches or children`)
    return informer
  }

  #enqueue({ old, now }: Change, keysOf: (object: KubeObject) => Key[]): void {
    for (const object of [old, now]) if (object) for (const key of keysOf(object)) this.#queue.add(key)
  }

  #ownerOf(object: KubeObject): Key[] {
    const owner = controllerOf(object)
    return owner && kindKey(owner) === kindKey(this.#spec.primary) ? [`${object.metadata.namespace ?? ''}/${owner.name}`] : []
  }

  /** A name became free that somebody waits for. */
  #enqueueWaiting({ old, now }: Change): void {
    if (old && !now) for (const key of this.#memories.waitingFor(refOf(old))) this.#queue.add(key)
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.take(); key !== undefined; key = await this.#queue.take()) {
      await this.#attempt(key)
      this.#queue.done(key)
    }
  }

  async #attempt(key: Key): Promise<void> {
    const { clock } = this.#options
    const began = clock.monotonic()
    this.#metrics.began()
    let result: Result = 'error'
    try {
      result = this.#succeeded(key, await this.#pass(key))
    } catch (error) {
      result = this.#failed(key, error)
    }
    this.#memories.tidy(key)
    this.#metrics.ended(result, (clock.monotonic() - began) / 1000)
  }

  async #pass(key: Key): Promise<PassOutcome> {
    const { client, clock, names, metrics, recorder } = this.#options
    const primary = this.#primary.store.get(key)
    // An object that is going takes its children with it: the garbage collector does that, and nothing is made any more.
    if (primary?.metadata.deletionTimestamp) return nothingToDo
    const memory = this.#memories.of(key)
    refresh(memory, ref => this.#informerOf(ref).store.get(`${ref.namespace ?? ''}/${ref.name}`) !== undefined)
    const effects: Effects = {
      client,
      clock,
      names,
      memory,
      retries: this.#retries,
      primary,
      sure: new Set(),
      log: withFields(this.#log, { key }),
      informers: this.#informers,
      owned: this.#owned,
      key,
      namespace: parseKey(key).namespace,
      wrote: (kind, verb) => metrics.write(this.#spec.name, kind, verb),
    }
    return await runPass(effects, this.#decide(key, primary?.metadata.uid), recorder)
  }

  #decide(key: Key, uid: string | undefined): Decide {
    return async feedback => {
      const world = await this.#spec.read(key, this.#stores, feedback)
      if (world === undefined) return undefined
      if (world === 'later') return 'later'
      // Reading may take a moment; children must not be given to an owner that was replaced meanwhile.
      if (this.#primary.store.get(key)?.metadata.uid !== uid) throw new Replaced(key)
      return this.#spec.plan(world as World) as Plan
    }
  }

  #succeeded(key: Key, { again, pending, freed, idle }: PassOutcome): Result {
    if (idle) {
      this.#memories.forget(key)
      this.#retries.free(key)
    }
    if (freed) this.#hurryNeighbours(parseKey(key).namespace)
    if (pending) {
      this.#queue.addRateLimited(key)
      return 'requeue'
    }
    this.#queue.forget(key)
    if (again === undefined) return 'success'
    this.#queue.addAfter(key, again)
    return 'requeue_after'
  }

  /** What refused this one, as a quota does, may have ended for the others; each that succeeds brings more of them forward. */
  #hurryNeighbours(namespace: string): void {
    for (const key of this.#retries.bringForward(namespace, broughtForward)) {
      hurry(this.#memories.of(key), this.#options.clock.monotonic())
      this.#queue.add(key)
    }
  }

  #failed(key: Key, error: unknown): Result {
    const waitMs = this.#queue.addRateLimited(key, boundsOf(error))
    // Somebody wrote or deleted in between, or our cache was a moment behind: the next look will know better.
    if (isConflict(error) || isVanished(error) || error instanceof Replaced) {
      this.#log.debug({ key, cause: causeOf(error), waitMs }, 'pass outdated')
      return 'requeue'
    }
    this.#log.error({ key, cause: causeOf(error), waitMs, ...(!(error instanceof ApiError) && { stack: stackOf(error) }) }, 'pass failed')
    return 'error'
  }
}

/** A key must not wait a quarter of an hour because the API server was away for five minutes. */
const longestWaitForServerMs = 10_000

const boundsOf = (error: unknown): Bounds => {
  if (!(error instanceof ApiError)) return {}
  const isServersFault = error.status === 0 || error.status === 429 || error.status >= 500
  return { atLeastMs: (error.retryAfterSeconds ?? 0) * 1000, ...(isServersFault && { atMostMs: longestWaitForServerMs }) }
}

const stackOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.stack?.split('\n').slice(1, 6).join(' ') : undefined

const withFields = (log: Log, fields: object): Log => ({
  debug: (more, message) => log.debug({ ...fields, ...more }, message),
  info: (more, message) => log.info({ ...fields, ...more }, message),
  warn: (more, message) => log.warn({ ...fields, ...more }, message),
  error: (more, message) => log.error({ ...fields, ...more }, message),
})
