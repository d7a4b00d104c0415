// Decides whether this process may change anything: it holds the Lease, and has renewed it lately by its own monotonic clock.
//
//   waiting ── the Lease is free, ours, or ran out ──▶ leading ── somebody else holds it ──▶ lost: the process must end
//                                                      │   ▲
//                                not renewed for 10 s  ▼   │ renewed: nobody took it meanwhile
//                                                     fenced
import type { KubeConfig } from '@kubernetes/client-node'
import { type Client, createClient } from './client.ts'
import { type Clock, pause, systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import { ApiError, causeOf, isAlreadyExists, isConflict, isNotFound } from './errors.ts'
import { type Candidate, leases, released, renewed, type Sighting, see, spared, specOf, taken, waitFor } from './lease.ts'
import type { Log } from './log.ts'
import { microTime } from './microtime.ts'
import type { KubeObject } from './shape.ts'

export interface LeadershipOptions {
  /** Reads the configuration for the API server; called again when credentials were refused. */
  load: () => KubeConfig
  log: Log
  clock?: Clock
  fieldManager: string
  lease: { namespace: string; name: string }
  /** Differs between any two processes that may live at the same time. */
  identity: string
  /** Told when it begins and ends to lead. */
  onChange?: (leads: boolean) => void
  durationSeconds?: number
  /** Not renewed for so long, nothing new is begun; the rest of the duration is for what is under way. */
  renewWithinMs?: number
  retryMs?: number
}

export class Leadership {
  readonly #options: Required<LeadershipOptions>
  readonly #candidate: Candidate
  /** Of its own, so that no queue of other requests delays a renewal. */
  readonly #connection: Connection
  readonly #client: Client
  readonly #stopping = new AbortController()
  readonly #lost = Promise.withResolvers<string>()
  #seen: Sighting | undefined
  /** When we were last told how the Lease stands. */
  #answeredAt: number | undefined
  /** The Lease as we last wrote it, while we lead. */
  #held: KubeObject | undefined
  /** When the request was sent that last renewed the Lease: others count from a moment after it. */
  #renewedAt = Number.NEGATIVE_INFINITY
  #renewing: Promise<void> | undefined
  #problem: string | undefined = 'the lease has not been read yet'

  constructor(options: LeadershipOptions) {
    this.#options = {
      clock: systemClock,
      durationSeconds: 15,
      renewWithinMs: 10_000,
      retryMs: 2000,
      onChange: () => undefined,
      ...options,
    }
    const { identity, durationSeconds, load, clock, fieldManager, renewWithinMs } = this.#options
    this.#options.onChange(false)
    this.#candidate = { identity, durationSeconds }
    const callTimeoutMs = renewWithinMs / 2
    this.#connection = new Connection({ load, clock, userAgent: `${fieldManager}-leadership`, callConnections: 2, callTimeoutMs })
    this.#client = createClient({ connection: this.#connection, clock, fieldManager })
  }

  get leads(): boolean {
    return this.#held !== undefined
  }

  /** Resolves, with the reason, when somebody else holds the Lease that was ours: what is in memory is worth nothing from then on. */
  get lost(): Promise<string> {
    return this.#lost.promise
  }

  /** Reasons why this process is of no use yet; a standby that can read the Lease is. */
  unready(): string[] {
    return this.#problem === undefined ? [] : [this.#problem]
  }

  /** Milliseconds within which a request that changes something must be over; throws when none may begin. */
  fence(): number {
    const { clock, renewWithinMs } = this.#options
    const age = clock.monotonic() - this.#renewedAt
    if (this.#held && age < renewWithinMs) return this.#candidate.durationSeconds * 1000 - age
    const message = 'the lease of the leader was not renewed in time: nothing is changed until it is'
    throw new ApiError({ attempt: 'fence', status: 0, reason: 'NotLeading', message })
  }

  /** Waits until this process leads, then keeps the Lease; false when it was stopped before. */
  async acquire(): Promise<boolean> {
    const { clock, log } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted && !(await this.#attempt())) {
      await pause(clock, this.#untilNextLook(clock.monotonic()), signal)
    }
    if (!this.#held) return false
    log.info({ lease: this.#options.lease, identity: this.#candidate.identity }, 'leading')
    this.#renewing = this.#keep()
    return true
  }

  /** Ends it. A Lease is given back only when the caller knows that nothing it began is still under way. */
  async stop({ giveBack }: { giveBack: boolean }): Promise<void> {
    this.#stopping.abort()
    await this.#renewing
    const held = this.#held
    this.#become(undefined)
    if (held && giveBack) await this.#giveBack(held)
    await this.#connection.close()
  }

  async #giveBack(held: KubeObject): Promise<void> {
    const { clock, log } = this.#options
    try {
      await this.#client.update(leases, { ...held, spec: released(specOf(held), microTime(clock.now())) })
    } catch (error) {
      log.warn({ cause: causeOf(error) }, 'the lease could not be given back: it runs out by itself')
    }
  }

  /** One look at the Lease, and the Lease taken if it may be. */
  async #attempt(): Promise<boolean> {
    const { lease, log } = this.#options
    try {
      const live = await this.#client.get(leases, lease)
      if (!this.#mayTake(live)) return false
      await this.#take(live)
      return true
    } catch (error) {
      // Another one was quicker.
      if (!isConflict(error) && !isAlreadyExists(error)) {
        this.#problem = `the lease cannot be read or written: ${causeOf(error)}`
        log.warn({ cause: causeOf(error) }, 'no answer about the lease')
      }
      return false
    }
  }

  /** Twice as often as it is renewed, for it may be given back, and just after it runs out: looking at fixed times only would lose half a second. */
  #untilNextLook(now: number): number {
    const { retryMs } = this.#options
    if (!this.#seen || this.#problem) return retryMs
    return Math.min(retryMs / 2, Math.max(waitFor(this.#seen, this.#candidate, now), retryMs / 10))
  }

  #mayTake(live: KubeObject | undefined): boolean {
    const { clock, log, renewWithinMs } = this.#options
    const now = clock.monotonic()
    const before = this.#seen
    if (live) this.#seen = see(live, before, now)
    if (this.#wasCutOff(now)) this.#seen = spared(this.#seen, now + renewWithinMs)
    this.#answeredAt = now
    this.#problem = undefined
    // A Lease that somebody deleted is still its holder's until it would have run out.
    const wait = waitFor(this.#seen, this.#candidate, now)
    if (live && wait > 0 && before?.holder !== this.#seen?.holder) log.info({ holder: this.#seen?.holder }, 'waiting for the lease')
    return wait === 0
  }

  /** Longer than one look without an answer and the pause after it. */
  #wasCutOff(now: number): boolean {
    const { renewWithinMs, retryMs } = this.#options
    return now - (this.#answeredAt ?? now) > renewWithinMs / 2 + retryMs
  }

  async #take(live: KubeObject | undefined): Promise<void> {
    const { clock, lease } = this.#options
    const sentAt = clock.monotonic()
    const spec = taken(live && specOf(live), this.#candidate, microTime(clock.now()))
    const { apiVersion, kind } = leases
    const held = live
      ? await this.#client.update(leases, { ...live, spec })
      : await this.#client.create(leases, { apiVersion, kind, metadata: lease, spec })
    this.#renewedAt = sentAt
    this.#become(held)
  }

  async #keep(): Promise<void> {
    const { clock, retryMs } = this.#options
    const { signal } = this.#stopping
    while (!signal.aborted && this.#held) {
      await pause(clock, retryMs, signal)
      if (!signal.aborted) await this.#renew(this.#held)
    }
  }

  async #renew(held: KubeObject): Promise<void> {
    const { clock, log } = this.#options
    const sentAt = clock.monotonic()
    try {
      this.#held = await this.#client.update(leases, { ...held, spec: renewed(specOf(held), microTime(clock.now())) })
      this.#renewedAt = sentAt
      this.#problem = undefined
    } catch (error) {
      this.#problem = `the lease was not renewed: ${causeOf(error)}`
      log.warn({ cause: causeOf(error) }, 'the lease was not renewed')
      if (isConflict(error) || isNotFound(error)) await this.#lookAgain()
    }
  }

  /** Our own write whose answer was lost changed the version, somebody deleted the Lease, or another holds it. */
  async #lookAgain(): Promise<void> {
    const { lease, log } = this.#options
    try {
      const live = await this.#client.get(leases, lease)
      const holder = live && specOf(live).holderIdentity
      if (live && holder !== this.#candidate.identity) this.#lose(`the lease is held by ${holder || 'nobody'}`)
      else await this.#take(live)
    } catch (error) {
      if (isAlreadyExists(error)) this.#lose('the lease was deleted, and another process was quicker to make it anew')
      else log.warn({ cause: causeOf(error) }, 'no answer about the lease')
    }
  }

  #lose(why: string): void {
    this.#become(undefined)
    this.#stopping.abort()
    this.#lost.resolve(why)
  }

  #become(held: KubeObject | undefined): void {
    const led = this.leads
    this.#held = held
    if (led !== this.leads) this.#options.onChange(this.leads)
  }
}
