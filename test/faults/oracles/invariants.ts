// Follows everything that the operator touches and notes every violation of what must hold at all times, as it happens.
import { setTimeout as sleep } from 'node:timers/promises'
import { pods } from '../../../operator/controllers/resources.ts'
import type { Pod } from '../../../operator/plan/observed.ts'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { type ApiReader, apiReader, type Change, Gone } from './apireader.ts'
import { ChangeOrder } from './invariants/changeorder.ts'
import { askAll } from './invariants/health.ts'
import { Judge, type Violation } from './invariants/judge.ts'
import { type Invariant, Mirror } from './invariants/moment.ts'
import { compared, counted } from './kinds.ts'
import { type State, stateOf } from './state.ts'

export interface InvariantWatch {
  /** So far; of one namespace, without those that a scenario breaks on purpose. */
  violations(namespace?: string, except?: readonly Invariant[]): Violation[]
  /** Resolves when everything that happened until now has been judged. */
  settled(): Promise<void>
  /** What was heard of a namespace so far: as `snapshot`, at no cost, and a moment behind it. */
  state(namespace: string): State
  /** Names by uid of every object there ever was, for a snapshot's `gone`. */
  names: ReadonlyMap<string, string>
  /** How often a stream could not go on where it had broken off, as after a restart of the API server: what happened in between was not judged. */
  gaps(): number
  /** Changes that came too late to be judged in order: what was noted about that time may be wrong. */
  late(): number
  /** Throws when the watch itself was in trouble, for then its silence means nothing. */
  stop(): Promise<void>
}

/** A watch event comes within a few milliseconds; on a busy machine within some hundred. */
const HOLD_MS = 1000
const STEP_MS = 50
const TICK_MS = 500
const ASK_MS = 250
const RETRY_MS = 200
/** First what others refer to, so that nothing of what is there at the beginning looks as if something were missing. */
const FOLLOWED = [...compared, ...counted]
const LAST = ['Pod', 'Service', 'InferenceService']

export const watchInvariants = async ({ kubeconfig }: { kubeconfig: string }): Promise<InvariantWatch> => {
  const watching = new Watching(apiReader(kubeconfig))
  await watching.start()
  const { judge } = watching
  return {
    violations: (namespace, except = []) =>
      judge.violations.filter(each => (namespace === undefined || each.namespace === namespace) && !except.includes(each.invariant)),
    settled: () => watching.settled(),
    state: namespace => stateOf(watching.heard(namespace), { namespace, gone: judge.names }),
    names: judge.names,
    gaps: () => watching.gaps,
    late: () => watching.late,
    stop: () => watching.stop(),
  }
}

/** Owns one stream for each kind, and what asks the pods. */
class Watching {
  readonly judge = new Judge()
  gaps = 0
  readonly #reader: ApiReader
  readonly #order = new ChangeOrder<Change>(HOLD_MS)
  readonly #broken = new Set<ResourceRef>()
  readonly #troubles: unknown[] = []
  readonly #loops: Promise<void>[] = []
  /** When the last of the broken streams was whole again. */
  #wholeAt = 0
  /** As last heard of, which is ahead of what has been judged. */
  readonly #latest = new Mirror()
  /** When the last round of questions began that all pods have answered. */
  #askedAt = 0
  /** Up to this version only the end of some stories is known. */
  #blindUntil = 0n
  #stopped = false

  constructor(reader: ApiReader) {
    this.#reader = reader
  }

  async start(): Promise<void> {
    const kinds = [...FOLLOWED].toSorted((a, b) => LAST.indexOf(a.kind) - LAST.indexOf(b.kind))
    const lists = await Promise.all(kinds.map(async kind => ({ kind, ...(await this.#reader.list(kind)) })))
    for (const object of lists.flatMap(({ items }) => items)) {
      this.#latest.take('ADDED', object)
      this.judge.learn(Date.now(), { type: 'ADDED', object })
    }
    for (const { kind, resourceVersion } of lists) this.#run(() => this.#follow(kind, resourceVersion))
    this.#run(() => this.#judge())
    this.#run(() => this.#ask())
  }

  get late(): number {
    return this.#order.late
  }

  heard(namespace: string): KubeObject[] {
    return FOLLOWED.flatMap(({ kind }) => this.#latest.list(kind, namespace))
  }

  async settled(): Promise<void> {
    const asked = Date.now()
    const isJudged = () => Date.now() >= asked + this.#order.holdMs + 2 * STEP_MS && this.#order.oldest > asked && this.#broken.size === 0
    while (!this.#stopped && !isJudged()) await sleep(STEP_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#reader.close()
    await Promise.all(this.#loops)
    if (this.#troubles.length > 0)
      throw new AggregateError(this.#troubles, `the watch over invariants failed: ${this.#troubles.map(String).join('; ')}`)
  }

  #run(loop: () => Promise<void>): void {
    this.#loops.push(loop().catch((error: unknown) => void this.#troubles.push(error)))
  }

  /** One stream after the other, each from where the last one ended. */
  async #follow(kind: ResourceRef, from: string): Promise<void> {
    const place = { version: from }
    while (!this.#stopped) {
      try {
        await this.#stream(kind, place)
      } catch (error) {
        this.#broken.add(kind)
        await sleep(RETRY_MS)
        if (error instanceof Gone) place.version = await this.#anew(kind, place.version)
      }
    }
  }

  async #stream(kind: ResourceRef, place: { version: string }): Promise<void> {
    const stream = await this.#reader.follow(kind, place.version)
    this.#mend(kind)
    for await (const change of stream) {
      if (change.type !== 'BOOKMARK') this.#heard(change)
      place.version = change.object.metadata.resourceVersion ?? place.version
    }
  }

  #mend(kind: ResourceRef): void {
    if (this.#broken.delete(kind)) this.#wholeAt = Date.now()
  }

  #heard(change: Change): void {
    // While streams are broken, how far they are apart says nothing about the machine.
    if (this.#broken.size === 0) this.#order.measure(Date.now(), change.object.metadata.resourceVersion ?? '0')
    this.#note(change)
  }

  #note(change: Change): void {
    this.#latest.take(change.type, change.object)
    this.#order.add(Date.now(), change.object.metadata.resourceVersion ?? '0', change)
  }

  /** The server does not know any more what happened since then: what is there now comes at once. */
  async #anew(kind: ResourceRef, version: string): Promise<string> {
    const list = await this.#reader.list(kind).catch(() => undefined)
    if (!list) return version
    this.gaps += 1
    if (BigInt(list.resourceVersion) > this.#blindUntil) this.#blindUntil = BigInt(list.resourceVersion)
    const { items, resourceVersion } = list
    const here = new Set(items.map(uidOf))
    for (const object of items) this.#note({ type: 'MODIFIED', object })
    for (const gone of this.judge.world.all(kind.kind).filter(object => !here.has(uidOf(object)))) {
      this.#note({ type: 'DELETED', object: { ...gone, metadata: { ...gone.metadata, resourceVersion } } })
    }
    return resourceVersion
  }

  /** While one stream is broken, the others wait for it; and no change is judged before the pods were asked after it. */
  async #judge(): Promise<void> {
    for (let ticked = 0; !this.#stopped; await sleep(STEP_MS)) {
      if (this.#broken.size > 0 || Date.now() < this.#wholeAt + this.#order.holdMs) continue
      for (const { at, version, item } of this.#order.due(Math.min(Date.now(), this.#askedAt + this.#order.holdMs))) {
        if (version > this.#blindUntil) this.judge.hear(at, item)
        else this.judge.learn(at, item)
      }
      if (Date.now() < ticked + TICK_MS) continue
      ticked = Date.now()
      this.judge.tick(ticked - this.#order.holdMs)
    }
  }

  async #ask(): Promise<void> {
    for (; !this.#stopped; await sleep(ASK_MS)) {
      const began = Date.now()
      await askAll(this.#latest.all(pods.kind) as Pod[], this.judge.answers)
      this.#askedAt = began
    }
  }
}

const uidOf = ({ metadata }: KubeObject): string => metadata.uid ?? ''
