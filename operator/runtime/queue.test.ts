import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ManualClock, manualClock } from './manualclock.ts'
import { Queue } from './queue.ts'

const make = () => {
  const clock = manualClock()
  return { clock, queue: new Queue({ clock }) }
}

/** Takes without waiting: undefined when nothing is ready. */
const poll = async (queue: Queue) => {
  if (queue.depth === 0) return undefined
  return await queue.take()
}

describe('a queue', () => {
  test('hands out keys in the order they came', async () => {
    const { queue } = make()
    for (const key of ['n/a', 'n/b', 'n/c']) queue.add(key)
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual(['n/a', 'n/b', 'n/c'])
  })

  test('lets namespaces take turns, so that many keys of one are no long wait for another', async () => {
    const { queue } = make()
    for (const key of ['a/1', 'a/2', 'a/3', 'b/1', 'a/4', 'c/1', 'b/2']) queue.add(key)
    const taken: unknown[] = []
    while (queue.depth > 0) taken.push(await queue.take())
    expect(taken).toEqual(['a/1', 'b/1', 'c/1', 'a/2', 'b/2', 'a/3', 'a/4'])
  })

  test('keeps a quarter of its workers for other namespaces', async () => {
    const queue = new Queue({ clock: manualClock(), workers: 8 })
    const taken: unknown[] = []
    for (let worker = 0; worker < 8; worker++) void queue.take().then(key => taken.push(key))
    for (let index = 0; index < 20; index++) queue.add(`a/${index}`)
    await Promise.resolve()
    expect(taken).toEqual(['a/0', 'a/1', 'a/2', 'a/3', 'a/4', 'a/5'])
    queue.add('b/0')
    await Promise.resolve()
    expect(taken.at(-1)).toBe('b/0')
    queue.done('a/3')
    await Promise.resolve()
    expect(taken.at(-1)).toBe('a/6')
    expect(queue.depth).toBe(13)
  })

  test('holds a key once, however often it is added', async () => {
    const { queue } = make()
    queue.add('n/a')
    queue.add('n/a')
    expect(queue.depth).toBe(1)
    await queue.take()
    expect(queue.depth).toBe(0)
  })

  test('runs a key added during its own pass once more, after that pass', async () => {
    const { queue } = make()
    queue.add('n/a')
    await queue.take()
    queue.add('n/a')
    queue.add('n/a')
    expect(queue.depth).toBe(0)
    queue.done('n/a')
    expect(queue.depth).toBe(1)
    await queue.take()
    queue.done('n/a')
    expect(queue.depth).toBe(0)
  })

  test('doubles the delay of a failing key from 5 ms to 1000 s, and starts over when it is forgotten', () => {
    const { queue } = make()
    const delays = Array.from({ length: 20 }, () => queue.addRateLimited('n/a'))
    expect(delays.slice(0, 4)).toEqual([5, 10, 20, 40])
    expect(delays.at(-1)).toBe(1_000_000)
    queue.forget('n/a')
    expect(queue.addRateLimited('n/a')).toBe(5)
  })

  test('keeps a delay within the bounds that its cause sets', () => {
    const { queue } = make()
    expect(queue.addRateLimited('n/a', { atLeastMs: 3000 })).toBe(3000)
    for (let failures = 0; failures < 20; failures++) queue.addRateLimited('n/b')
    expect(queue.addRateLimited('n/b', { atMostMs: 10_000 })).toBe(10_000)
  })

  test('keeps the earliest of several delays', () => {
    const { clock, queue } = make()
    queue.addAfter('n/a', 500)
    queue.addAfter('n/a', 100)
    queue.addAfter('n/a', 300)
    clock.advance(99)
    expect(queue.depth).toBe(0)
    clock.advance(1)
    expect(queue.depth).toBe(1)
    expect(clock.pending()).toBe(0)
  })

  test('ends every wait and leaves no timer when it is shut down', async () => {
    const { clock, queue } = make()
    const waiting = queue.take()
    queue.addAfter('n/a', 1000)
    queue.shutdown()
    expect(await waiting).toBeUndefined()
    expect(await queue.take()).toBeUndefined()
    expect(clock.pending()).toBe(0)
    queue.add('n/b')
    expect(queue.depth).toBe(0)
  })
})

type Step = { do: 'add' | 'delay' | 'fail' | 'take' | 'done' | 'wait'; key: string; by: number }
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom<Step['do']>('add', 'delay', 'fail', 'take', 'done', 'wait'),
  key: fc.constantFrom('n/a', 'n/b', 'n/c', 'm/a'),
  by: fc.integer({ min: 0, max: 5000 }),
})

/** The model: which keys are in a pass, and which adds no pass has begun after yet. */
interface Model {
  clock: ManualClock
  queue: Queue
  working: Set<string>
  owed: Set<string>
}

const begin = async ({ queue, working, owed }: Model) => {
  const key = await poll(queue)
  if (key === undefined) return
  expect(working.has(key)).toBe(false)
  working.add(key)
  owed.delete(key)
}

const acts: Record<Step['do'], (model: Model, step: Step) => unknown> = {
  add: ({ queue, owed }, { key }) => {
    queue.add(key)
    owed.add(key)
  },
  delay: ({ queue, owed }, { key, by }) => {
    queue.addAfter(key, by)
    owed.add(key)
  },
  fail: ({ queue, owed }, { key }) => {
    const delay = queue.addRateLimited(key)
    expect(delay).toBeGreaterThanOrEqual(5)
    expect(delay).toBeLessThanOrEqual(1_000_000)
    owed.add(key)
  },
  take: model => begin(model),
  done: ({ queue, working }, { key }) => {
    if (working.delete(key)) queue.done(key)
  },
  wait: ({ clock }, { by }) => clock.advance(by),
}

const endPasses = ({ queue, working }: Model) => {
  for (const key of working) queue.done(key)
  working.clear()
}

describe('any sequence of steps', () => {
  test('never runs a key twice at once and never loses an add', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 120 }), async steps => {
        const model: Model = { ...make(), working: new Set(), owed: new Set() }
        for (const one of steps) await acts[one.do](model, one)
        model.clock.advance(2_000_000)
        endPasses(model)
        while (model.queue.depth > 0) {
          await begin(model)
          endPasses(model)
        }
        expect([...model.owed]).toEqual([])
        expect(model.clock.pending()).toBe(0)
      }),
      { numRuns: 500 },
    )
  })

  test('with many workers keeps every key in one pass at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 60 }), async adds => {
        const { queue } = make()
        const active = new Set<string>()
        const seen = new Map<string, number>()
        const worker = async () => {
          for (let key = await queue.take(); key !== undefined; key = await queue.take()) {
            expect(active.has(key)).toBe(false)
            active.add(key)
            await new Promise(resolve => setImmediate(resolve))
            seen.set(key, (seen.get(key) ?? 0) + 1)
            active.delete(key)
            queue.done(key)
          }
        }
        const workers = Array.from({ length: 4 }, worker)
        for (const [at, key] of adds.entries()) {
          queue.add(key)
          if (at % 3 === 0) await new Promise(resolve => setImmediate(resolve))
        }
        while (queue.depth > 0 || queue.running.length > 0) await new Promise(resolve => setImmediate(resolve))
        queue.shutdown()
        await Promise.all(workers)
        expect(new Set(seen.keys())).toEqual(new Set(adds))
      }),
      { numRuns: 50 },
    )
  })
})
