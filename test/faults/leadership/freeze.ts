// Stops a leader at the very moment of a write, holds what it had under way, and lets that go when somebody else leads.
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import type { AtAction, Matching } from '../proxy/fault.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import type { Contender } from './contender.ts'

/** Before the write is done, when it is done and not answered, or when it is answered. */
export type Moment = 'before' | 'committed' | 'answered'

/** A request that was held, and the object that it is about before and after it was done. */
export interface Late {
  record: RequestRecord
  before?: string
  after?: string
}

export interface Freeze {
  /** Resolves when the process stands still. */
  frozen: Promise<void>
  /** Freezes now, whatever it does, unless it stands still already. */
  now(): void
  /** Lets go what was held and waits until it is answered; answers it. */
  release(): Promise<Late[]>
}

export interface FreezeOptions {
  on: Matching
  moment: Moment
  read: (record: RequestRecord) => Promise<KubeObject | undefined>
}

/** The Lease is renewed by a connection of its own, and Events are nobody's ground for a decision. */
const NOT_HELD = ['leases', 'events']

export const freezeAt = ({ proxy, process }: Contender, { on, moment, read }: FreezeOptions): Freeze => {
  const frozen = Promise.withResolvers<void>()
  let still = false
  const now = () => {
    if (still) return
    still = true
    process.signal('SIGSTOP')
    frozen.resolve()
  }
  // The first of the faults: what it freezes at is held by the others already.
  const untrigger = proxy.inject({ on: { changing: true, ...on }, act: { kind: 'at', moment, run: now } })
  const release = holdWhile(() => still, proxy, read)
  return {
    frozen: frozen.promise,
    now,
    release() {
      untrigger()
      return release()
    },
  }
}

const holdWhile = (still: () => boolean, proxy: FaultProxy, read: FreezeOptions['read']): (() => Promise<Late[]>) => {
  const gate = Promise.withResolvers<void>()
  const late = new Map<RequestRecord, Late>()
  const hold = async (record: RequestRecord) => {
    if (!still() || NOT_HELD.includes(record.resource)) return
    const entry: Late = { record }
    late.set(record, entry)
    await gate.promise
    entry.before = contentOf(await read(record))
  }
  const look = async (record: RequestRecord) => {
    const entry = late.get(record)
    if (entry) entry.after = contentOf(await read(record))
  }
  const at = (moment: 'before' | 'committed', run: AtAction['run']) =>
    proxy.inject({ on: { changing: true }, times: Number.POSITIVE_INFINITY, act: { kind: 'at', moment, run } })
  const ends = [at('before', hold), at('committed', look)]
  return async () => {
    gate.resolve()
    while ([...late.keys()].some(({ endedAt }) => endedAt === undefined)) await sleep(20)
    for (const end of ends) end()
    return [...late.values()]
  }
}

/** What it says, without how often and by whom it was written. */
const contentOf = (object: KubeObject | undefined): string | undefined => {
  if (!object) return undefined
  const { resourceVersion: _, managedFields: __, ...metadata } = object.metadata
  return JSON.stringify({ ...object, metadata })
}
