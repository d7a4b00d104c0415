// Spreads batches over worker threads: a bounded queue in front, a replacement for each thread that dies, no request that waits for ever.
import { Refusal } from '../bundle/refusal.ts'
import type { Batch } from '../codec/batch.ts'
import { limits } from '../limits.ts'
import { Problem } from '../problems.ts'
import { Member, sessionScript, type Ticket } from './member.ts'
import type { Answer, Loaded } from './messages.ts'

/** One run at work and one waiting inside the thread, so that it never idles between two messages. */
const RUNS_PER_MEMBER = 2
const RESPAWN_MS = 200

export interface PoolOptions {
  workers: number
  deadlineMs: number
  /** Runs that may wait, over all workers. */
  queue: number
  note: (message: string) => void
  /** What a thread runs. */
  script?: URL
}

export interface BundleSource {
  folder: string
  digest: string | undefined
}

/** A model that never finishes loading must not keep the pod waiting without a reason. */
const inTime = <V>(work: Promise<V>): Promise<V> => {
  const seconds = limits.load.timeoutMs / 1000
  const late = new Promise<never>((_, reject) => {
    const timer = setTimeout(
      () => reject(new Refusal('LoadFailed', `The model was not loaded within ${seconds} s.`)),
      limits.load.timeoutMs,
    )
    const clear = () => clearTimeout(timer)
    work.then(clear, clear)
  })
  return Promise.race([work, late])
}

export class Pool {
  readonly #options: PoolOptions
  readonly #members = new Set<Member>()
  readonly #waiting: Ticket[] = []
  #loaded: Loaded | undefined
  #stopped = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get depth() {
    return this.#waiting.length
  }

  /** Whether any thread can answer. */
  get alive() {
    return this.#members.size > 0
  }

  /** The first thread reads and judges the bundle; the others, started beside it, open the very same bytes. */
  async load(source: BundleSource): Promise<Loaded> {
    const spawned = Array.from({ length: this.#options.workers }, () => this.#spawn()) as [Member, ...Member[]]
    const [first, ...others] = spawned
    try {
      const loaded = await inTime(first.open({ kind: 'load', ...source }))
      await inTime(Promise.all(others.map(member => member.open({ kind: 'open', loaded }))))
      this.#loaded = loaded
    } catch (error) {
      for (const member of spawned) void member.stop()
      throw error
    }
    for (const member of spawned) this.#members.add(member)
    return this.#loaded
  }

  run(batch: Batch): Promise<Answer> {
    if (this.#waiting.length >= this.#options.queue) {
      return Promise.reject(
        new Problem('QueueFull', `${this.#waiting.length} requests are waiting already. Try again in a second, or run more replicas.`),
      )
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#expire(ticket), this.#options.deadlineMs)
      const settled =
        <V>(then: (value: V) => void) =>
        (value: V) => {
          clearTimeout(timer)
          then(value)
        }
      const ticket: Ticket = { batch, resolve: settled(resolve), reject: settled(reject) }
      this.#waiting.push(ticket)
      this.#dispatch()
    })
  }

  async stop() {
    this.#stopped = true
    await Promise.all([...this.#members].map(member => member.stop()))
  }

  /** A run that has begun cannot be taken back: its thread stays occupied, only its client is told. */
  #expire(ticket: Ticket) {
    const at = this.#waiting.indexOf(ticket)
    if (at >= 0) this.#waiting.splice(at, 1)
    ticket.reject(
      new Problem('DeadlineExceeded', `No answer within ${this.#options.deadlineMs} ms. Send fewer rows, or run more replicas.`),
    )
  }

  #spawn(): Member {
    const member = new Member(this.#options.script ?? sessionScript, {
      free: () => this.#dispatch(),
      lost: cause => this.#replace(member, cause),
      failed: message => this.#options.note(`a run failed: ${message}`),
    })
    return member
  }

  #replace(member: Member, cause: string) {
    if (!this.#members.delete(member) || this.#stopped) return
    this.#options.note(`a worker thread was lost: ${cause}`)
    setTimeout(() => void this.#respawn(), RESPAWN_MS).unref()
  }

  async #respawn() {
    if (this.#stopped || !this.#loaded) return
    const member = this.#spawn()
    try {
      await inTime(member.open({ kind: 'open', loaded: this.#loaded }))
      this.#members.add(member)
      this.#dispatch()
    } catch (error) {
      void member.stop()
      this.#options.note(`a worker thread could not be replaced: ${String(error)}`)
      setTimeout(() => void this.#respawn(), limits.load.retryMs).unref()
    }
  }

  #dispatch() {
    while (this.#waiting.length > 0) {
      const member = [...this.#members].reduce<Member | undefined>((best, m) => (best && best.owed <= m.owed ? best : m), undefined)
      if (!member || member.owed >= RUNS_PER_MEMBER) return
      member.run(this.#waiting.shift() as Ticket)
    }
  }
}
