// Decides which key is worked on next: each key once, never twice at the same time, failures later and later.
import type { Clock } from './clock.ts'
import { parseKey } from './keys.ts'
import type { Key } from './shape.ts'
import { createTurns } from './turns.ts'

export interface QueueWatcher {
  added(depth: number): void
  taken(depth: number, waitedSeconds: number): void
  finished(workedSeconds: number): void
  retried(): void
}

export interface QueueOptions {
  clock: Clock
  firstBackoffMs?: number
  longestBackoffMs?: number
  /** How many take from it. One namespace never holds all of them when this is known. */
  workers?: number
  watcher?: QueueWatcher
}

/** What the cause of a failure says about the next try. */
export interface Bounds {
  atLeastMs?: number
  atMostMs?: number
}

interface Delayed {
  due: number
  cancel: () => void
}

/** A work queue: fair between namespaces, deduplicated, with delays and a backoff per key. It owns timers, so it has an end: `shutdown`. */
export class Queue {
  readonly #clock: Clock
  readonly #firstBackoffMs: number
  readonly #longestBackoffMs: number
  readonly #watcher: QueueWatcher | undefined
  /** Passes of one namespace at a time. */
  readonly #share: number
  readonly #ready = createTurns()
  readonly #working = new Map<Key, number>()
  /** Keys added while they were worked on: one more pass after this one, however many adds. */
  readonly #again = new Set<Key>()
  readonly #delayed = new Map<Key, Delayed>()
  readonly #failures = new Map<Key, number>()
  readonly #takers: ((key: Key | undefined) => void)[] = []
  #closed = false

  constructor(options: QueueOptions) {
    this.#clock = options.clock
    this.#firstBackoffMs = options.firstBackoffMs ?? 5
    this.#longestBackoffMs = options.longestBackoffMs ?? 1_000_000
    this.#watcher = options.watcher
    this.#share = shareOf(options.workers)
  }

  get depth(): number {
    return this.#ready.size
  }

  /** Seconds that each running pass has taken so far. */
  get running(): number[] {
    return [...this.#working.values()].map(since => this.#secondsSince(since))
  }

  add(key: Key): void {
    if (this.#closed) return
    if (this.#working.has(key)) {
      this.#again.add(key)
      return
    }
    if (this.#ready.has(key)) return
    this.#ready.add({ key, addedAt: this.#clock.monotonic() })
    this.#watcher?.added(this.#ready.size)
    this.#serve()
  }

  /** Adds later; of several delays for one key the earliest wins. */
  addAfter(key: Key, milliseconds: number): void {
    if (this.#closed) return
    if (milliseconds <= 0) {
      this.add(key)
      return
    }
    const due = this.#clock.monotonic() + milliseconds
    const earlier = this.#delayed.get(key)
    if (earlier && earlier.due <= due) return
    earlier?.cancel()
    const cancel = this.#clock.after(milliseconds, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { due, cancel })
  }

  /** Adds after the key's own backoff, which doubles from failure to failure until `forget`. Answers the delay. */
  addRateLimited(key: Key, { atLeastMs = 0, atMostMs = this.#longestBackoffMs }: Bounds = {}): number {
    const failures = this.#failures.get(key) ?? 0
    this.#failures.set(key, failures + 1)
    const delay = Math.max(atLeastMs, Math.min(this.#firstBackoffMs * 2 ** failures, this.#longestBackoffMs, atMostMs))
    this.#watcher?.retried()
    this.addAfter(key, delay)
    return delay
  }

  forget(key: Key): void {
    this.#failures.delete(key)
  }

  failures(key: Key): number {
    return this.#failures.get(key) ?? 0
  }

  /** The next key, or undefined once the queue is shut down. Each key taken must be given back by `done`. */
  take(): Promise<Key | undefined> {
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise(resolve => {
      this.#takers.push(resolve)
      this.#serve()
    })
  }

  done(key: Key): void {
    const since = this.#working.get(key)
    if (since === undefined) return
    this.#working.delete(key)
    this.#watcher?.finished(this.#secondsSince(since))
    if (this.#again.delete(key)) this.add(key)
    this.#serve()
  }

  /** Nothing new is handed out; passes in flight go on until their `done`. */
  shutdown(): void {
    this.#closed = true
    for (const { cancel } of this.#delayed.values()) cancel()
    this.#delayed.clear()
    this.#ready.clear()
    this.#again.clear()
    for (const taker of this.#takers.splice(0)) taker(undefined)
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const turn = this.#ready.next(namespace => this.#passesOf(namespace) < this.#share)
      if (!turn) return
      const { key, addedAt } = turn
      this.#working.set(key, this.#clock.monotonic())
      this.#watcher?.taken(this.#ready.size, this.#secondsSince(addedAt))
      this.#takers.shift()?.(key)
    }
  }

  #passesOf(namespace: string): number {
    return [...this.#working.keys()].filter(key => parseKey(key).namespace === namespace).length
  }

  #secondsSince(moment: number): number {
    return (this.#clock.monotonic() - moment) / 1000
  }
}

/** A quarter of the workers is for the others: passes may take seconds, and a turn is of use only when somebody is free. */
const shareOf = (workers: number = Number.POSITIVE_INFINITY): number => (workers < 4 ? workers : Math.ceil((workers * 3) / 4))
