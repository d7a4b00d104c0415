// Decides what the loop remembers of a key from one pass to the next. All of it may be lost at any moment: a restart costs at most a repeated try.
import { refKey } from './keys.ts'
import type { Feedback, Key, ObjectRef, Refusal } from './shape.ts'

/** A child we could not write, and when it is worth another try. */
export interface Blocked {
  ref: ObjectRef
  /** Absent: the name is taken by an object that is not ours. */
  refusal?: Refusal
  /** Of the object we wanted: another object is another try. */
  digest: string
  tries: number
  retryAt: number
  /** An object of that name stands in our cache, so that we shall see it go. */
  visible: boolean
}

export interface Memory {
  blocked: Map<string, Blocked>
  /** Children that wait until what has their name is gone. */
  pending: Map<string, ObjectRef>
  /** By uid: paths that an apply did not win back, as when the API server drops a field; not worth another apply. */
  unattainable: Map<string, string>
  /** By object: a scale we wrote that the cache may not show yet. */
  scaled: Map<string, { replicas: number; resourceVersion: string }>
  /** By uid: a status the API server answered differently, as when its schema drops a field. */
  pruned: Map<string, { sent: string; kept: string }>
}

export const createMemory = (): Memory => ({
  blocked: new Map(),
  pending: new Map(),
  unattainable: new Map(),
  scaled: new Map(),
  pruned: new Map(),
})

const firstRetryMs = 1000
const longestRetryMs = 60_000

export interface Block {
  ref: ObjectRef
  refusal?: Refusal
  digest: string
  visible: boolean
}

/** Answers whether this is news: a plan made without it must be made again. */
export const block = (memory: Memory, block: Block, now: number): boolean => {
  const key = refKey(block.ref)
  const before = memory.blocked.get(key)
  const same = before?.digest === block.digest && before.refusal?.message === block.refusal?.message
  const tries = same ? before.tries + 1 : 0
  memory.blocked.set(key, { ...block, tries, retryAt: now + Math.min(firstRetryMs * 2 ** tries, longestRetryMs) })
  return before === undefined || before.refusal?.message !== block.refusal?.message
}

/** Answers whether it was blocked: then a plan made before is out of date. */
export const unblock = (memory: Memory, ref: ObjectRef): boolean => memory.blocked.delete(refKey(ref))

/** Answers whether this is news, as above. */
export const settled = (memory: Memory, ref: ObjectRef, isPending: boolean): boolean => {
  const key = refKey(ref)
  if (!isPending) return memory.pending.delete(key)
  const isNews = !memory.pending.has(key)
  memory.pending.set(key, ref)
  return isNews
}

/** Before a plan is made: a name that we saw taken and see free is free; one that was hidden may have come into sight. */
export const refresh = (memory: Memory, isSeen: (ref: ObjectRef) => boolean): void => {
  for (const [key, blocked] of memory.blocked) {
    if (blocked.refusal) continue
    const seen = isSeen(blocked.ref)
    if (blocked.visible && !seen) memory.blocked.delete(key)
    else blocked.visible = seen
  }
}

/** What no plan asks for any more is forgotten, but not before its time: the plan may be avoiding it. A name seen taken stays so. */
export const dropUnplanned = (memory: Memory, planned: ReadonlySet<string>, now: number): void => {
  for (const [key, { refusal, visible, retryAt }] of memory.blocked) {
    if ((refusal || !visible) && !planned.has(key) && retryAt <= now) memory.blocked.delete(key)
  }
  for (const key of memory.pending.keys()) if (!planned.has(key)) memory.pending.delete(key)
}

export const feedbackOf = (memory: Memory, now: Date): Feedback => {
  const blocked = [...memory.blocked.values()]
  return {
    now,
    conflicts: blocked.flatMap(({ ref, refusal }) => (refusal ? [] : [ref])),
    refusals: blocked.flatMap(({ refusal }) => refusal ?? []),
    pending: [...memory.pending.values()],
  }
}

/** A taken name that we can see wakes us up when it is free. */
const retried = (memory: Memory): Blocked[] => [...memory.blocked.values()].filter(({ refusal, visible }) => refusal || !visible)

/** When the first blocked child is worth another try. */
export const nextRetry = (memory: Memory): number | undefined => {
  const times = retried(memory).map(({ retryAt }) => retryAt)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** No try before this moment, so that those that are due are made together. */
export const postpone = (memory: Memory, until: number): void => {
  for (const blocked of retried(memory)) blocked.retryAt = Math.max(blocked.retryAt, until)
}

/** Every blocked child is worth a try now: something of its namespace that was refused is refused no longer. */
export const hurry = (memory: Memory, now: number): void => {
  for (const blocked of retried(memory)) blocked.retryAt = now
}

/** The memories of one controller; keys without any take no room. */
export class Memories {
  readonly #byKey = new Map<Key, Memory>()

  of(key: Key): Memory {
    const memory = this.#byKey.get(key) ?? createMemory()
    this.#byKey.set(key, memory)
    return memory
  }

  forget(key: Key): void {
    this.#byKey.delete(key)
  }

  /** After a pass: most keys leave nothing behind. */
  tidy(key: Key): void {
    const memory = this.#byKey.get(key)
    if (memory && Object.values(memory).every((part: Map<string, unknown>) => part.size === 0)) this.#byKey.delete(key)
  }

  /** Keys that wait for the name of this object. */
  waitingFor(ref: ObjectRef): Key[] {
    const name = refKey(ref)
    return [...this.#byKey].flatMap(([key, memory]) => (memory.blocked.has(name) ? [key] : []))
  }
}
