import { describe, expect, test } from 'vitest'
import {
  block,
  createMemory,
  dropUnplanned,
  feedbackOf,
  hurry,
  Memories,
  nextRetry,
  postpone,
  refresh,
  settled,
  unblock,
} from './memory.ts'

const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'a' }
const refusal = (message: string) => ({ ref, reason: 'Forbidden', message })
const now = new Date(0)

describe('a refused child', () => {
  test('is news once, is tried later and later, and is told to every plan until it succeeds', () => {
    const memory = createMemory()
    const again = () => block(memory, { ref, refusal: refusal('quota'), digest: 'd', visible: false }, 0)
    expect([again(), again(), again()]).toEqual([true, false, false])
    expect(nextRetry(memory)).toBe(4000)
    for (let times = 0; times < 20; times++) again()
    expect(nextRetry(memory)).toBe(60_000)
    expect(feedbackOf(memory, now).refusals).toEqual([refusal('quota')])
    expect(unblock(memory, ref)).toBe(true)
    expect(unblock(memory, ref)).toBe(false)
    expect(feedbackOf(memory, now).refusals).toEqual([])
  })

  test('is news again when the reason changes, and starts over when the object changes', () => {
    const memory = createMemory()
    block(memory, { ref, refusal: refusal('quota'), digest: 'd', visible: false }, 0)
    expect(block(memory, { ref, refusal: refusal('invalid'), digest: 'd', visible: false }, 0)).toBe(true)
    block(memory, { ref, refusal: refusal('invalid'), digest: 'other', visible: false }, 0)
    expect(nextRetry(memory)).toBe(1000)
  })

  test('is forgotten when no plan asks for it any more, but not before its time', () => {
    const memory = createMemory()
    block(memory, { ref, refusal: refusal('quota'), digest: 'd', visible: false }, 0)
    dropUnplanned(memory, new Set(), 999)
    expect(memory.blocked.size).toBe(1)
    dropUnplanned(memory, new Set(['apps/Deployment/n/a']), 1000)
    expect(memory.blocked.size).toBe(1)
    dropUnplanned(memory, new Set(), 1000)
    expect(memory.blocked.size).toBe(0)
  })
})

describe('a child that waits until what has its name is gone', () => {
  test('is news when it begins and when it ends, is told to every plan meanwhile, and is forgotten with its plan', () => {
    const memory = createMemory()
    expect([settled(memory, ref, true), settled(memory, ref, true)]).toEqual([true, false])
    expect(feedbackOf(memory, now).pending).toEqual([ref])
    expect([settled(memory, ref, false), settled(memory, ref, false)]).toEqual([true, false])
    settled(memory, ref, true)
    dropUnplanned(memory, new Set(), 0)
    expect(feedbackOf(memory, now).pending).toEqual([])
  })
})

describe('several refused children of one owner', () => {
  const other = { ...ref, kind: 'Service' }

  test('are tried together from the moment the owner was given, and at once when a neighbour succeeded', () => {
    const memory = createMemory()
    block(memory, { ref, refusal: refusal('quota'), digest: 'd', visible: false }, 0)
    block(memory, { ref: other, refusal: refusal('quota'), digest: 'd', visible: false }, 300)
    postpone(memory, 5000)
    expect([...memory.blocked.values()].map(({ retryAt }) => retryAt)).toEqual([5000, 5000])
    hurry(memory, 700)
    expect(nextRetry(memory)).toBe(700)
  })
})

describe('a taken name', () => {
  test('that we see needs no second try: its owner going wakes us up', () => {
    const memory = createMemory()
    block(memory, { ref, digest: 'd', visible: true }, 0)
    expect(nextRetry(memory)).toBeUndefined()
    refresh(memory, () => true)
    expect(feedbackOf(memory, now).conflicts).toEqual([ref])
    refresh(memory, () => false)
    expect(feedbackOf(memory, now).conflicts).toEqual([])
  })

  test('that we do not see is looked up later and later, until it comes into sight', () => {
    const memory = createMemory()
    block(memory, { ref, digest: 'd', visible: false }, 0)
    refresh(memory, () => false)
    expect(nextRetry(memory)).toBe(1000)
    refresh(memory, () => true)
    expect(nextRetry(memory)).toBeUndefined()
    expect(feedbackOf(memory, now).conflicts).toEqual([ref])
  })
})

describe('memories', () => {
  test('of a quiet key take no room, and those of a blocked one are found by the name it waits for', () => {
    const memories = new Memories()
    memories.of('n/quiet')
    memories.tidy('n/quiet')
    block(memories.of('n/blocked'), { ref, digest: 'd', visible: true }, 0)
    memories.tidy('n/blocked')
    expect(memories.waitingFor({ ...ref, apiVersion: 'apps/v1beta1' })).toEqual(['n/blocked'])
    memories.forget('n/blocked')
    expect(memories.waitingFor(ref)).toEqual([])
  })
})
