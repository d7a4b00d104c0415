// Decides when to list and when to watch, so that a store follows one kind through resets, silence, errors and compaction.
import { type Backoff, createBackoff } from './backoff.ts'
import type { Client } from './client.ts'
import { type Clock, pause } from './clock.ts'
import { ApiError, causeOf, isGone } from './errors.ts'
import type { Log } from './log.ts'
import type { Selection } from './paths.ts'
import type { ResourceRef } from './shape.ts'
import type { Store } from './store.ts'
import { isSilence, type WatchEvent } from './stream.ts'
import { isNewer } from './versions.ts'

export interface ReflectorWatcher {
  listed(objects: number): void
  failed(): void
}

export interface ReflectorOptions {
  client: Client
  resource: ResourceRef
  selection: Selection
  store: Store
  clock: Clock
  log: Log
  random?: () => number
  /** A watch silent for so long is dead and opened anew: the API server was asked to say something before, and to end it. */
  silenceMs?: number
  watcher?: ReflectorWatcher
}

/** Short enough that a cluster coming back is noticed within seconds, long enough not to hold it down. */
const firstBackoffMs = 800
const longestBackoffMs = 4000
/**
 * Of the silence after which a watch counts as dead. Two seconds before its end the API server says up to where it has told everything; of
 * its own accord it does so once a minute only. Whoever goes on from an old place is told 410 as soon as the objects of others have changed
 * often enough, and has to list.
 */
const shareOfSilence = { shortest: 0.7, longest: 0.9 }

/** Follows one kind until it is stopped. It owns a connection, so it has an end: `stop`. */
export class Reflector {
  readonly #options: Required<Omit<ReflectorOptions, 'watcher'>> & Pick<ReflectorOptions, 'watcher'>
  readonly #backoff: Backoff
  readonly #stopping = new AbortController()
  readonly #firstList = Promise.withResolvers<void>()
  #running: Promise<void> | undefined
  #mustList = true
  #synced = false
  #contactAt: number
  /** True once anything went well since the last failure; a 410 right after a list is not a reason to list at once again. */
  #progress = true

  constructor(options: ReflectorOptions) {
    this.#options = { random: Math.random, silenceMs: 30_000, ...options }
    this.#backoff = createBackoff({ firstMs: firstBackoffMs, longestMs: longestBackoffMs, random: this.#options.random })
    this.#contactAt = this.#options.clock.monotonic()
  }

  get hasSynced(): boolean {
    return this.#synced
  }

  /** Seconds since the API server last gave any sign for this kind. */
  get silentSeconds(): number {
    return (this.#options.clock.monotonic() - this.#contactAt) / 1000
  }

  start(): void {
    this.#contact()
    this.#running ??= this.#follow()
  }

  synced(): Promise<void> {
    return this.#firstList.promise
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#running
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        if (this.#mustList) await this.#list()
        await this.#watch()
      } catch (error) {
        if (!signal.aborted) await this.#recover(error)
      }
    }
  }

  async #list(): Promise<void> {
    const { client, resource, selection, store, watcher } = this.#options
    // Of what is written while the pages of a long list are read, the list knows nothing, and need not.
    const { newest } = store
    const { items, resourceVersion } = await client.list(resource, selection)
    if (this.#stopping.signal.aborted) return
    if (newest !== undefined && isNewer(newest, resourceVersion)) {
      const message = `the list is from ${resourceVersion}, but ${newest} was seen or written before: this API server is behind`
      throw new ApiError({ attempt: `LIST ${resource.plural}`, status: 200, reason: 'Outdated', message })
    }
    store.replace(items, resourceVersion)
    this.#mustList = false
    this.#contact()
    watcher?.listed(items.length)
    if (!this.#synced) this.#options.log.debug({ resource: resource.plural, objects: items.length }, 'synced')
    this.#synced = true
    this.#firstList.resolve()
  }

  async #watch(): Promise<void> {
    const { client, resource, selection, store, silenceMs, random, clock } = this.#options
    const openedAt = clock.monotonic()
    const events = client.watch(resource, {
      ...selection,
      resourceVersion: store.resourceVersion ?? '',
      timeoutSeconds: watchSeconds(silenceMs, random()),
      silenceMs,
      signal: this.#stopping.signal,
      onOpen: () => this.#contact(),
    })
    for await (const event of events) {
      this.#take(event)
      this.#madeProgress()
    }
    // A server that ends every watch at once would otherwise be asked in a tight loop.
    if (clock.monotonic() - openedAt < firstBackoffMs) await pause(clock, this.#backoff.next(), this.#stopping.signal)
  }

  #take({ type, object }: WatchEvent): void {
    const { store } = this.#options
    if (type === 'BOOKMARK') store.advance(object.metadata.resourceVersion)
    else if (type === 'DELETED') store.delete(object)
    else if (type === 'ADDED' || type === 'MODIFIED') store.upsert(object)
  }

  async #recover(error: unknown): Promise<void> {
    const { clock, log, resource, selection, watcher } = this.#options
    if (isSilence(error)) return
    watcher?.failed()
    const listAtOnce = isGone(error) && this.#progress
    if (isGone(error) || needsList(error)) this.#mustList = true
    this.#progress = false
    const waitMs = listAtOnce ? 0 : Math.max(this.#backoff.next(), retryAfterMs(error))
    const of = { resource: resource.plural, ...(selection.namespace && { namespace: selection.namespace }) }
    log.warn({ ...of, cause: causeOf(error), waitMs: Math.round(waitMs) }, 'watch interrupted')
    await pause(clock, waitMs, this.#stopping.signal)
  }

  #contact(): void {
    this.#contactAt = this.#options.clock.monotonic()
  }

  #madeProgress(): void {
    this.#contact()
    this.#progress = true
    this.#backoff.reset()
  }
}

const watchSeconds = (silenceMs: number, random: number): number => {
  const { shortest, longest } = shareOfSilence
  return Math.max(1, Math.floor((silenceMs / 1000) * (shortest + (longest - shortest) * random)))
}

/** The server understood and refused: asking for the same version again would be refused again. */
const needsList = (error: unknown): boolean =>
  error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 403, 408, 429].includes(error.status)

const retryAfterMs = (error: unknown): number => (error instanceof ApiError ? Math.min((error.retryAfterSeconds ?? 0) * 1000, 30_000) : 0)
