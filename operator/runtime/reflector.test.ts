import { describe, expect, test } from 'vitest'
import type { Client, List } from './client.ts'
import { ApiError } from './errors.ts'
import { silentLog } from './log.ts'
import { manualClock } from './manualclock.ts'
import { Reflector } from './reflector.ts'
import type { KubeObject } from './shape.ts'
import { Store } from './store.ts'
import type { WatchEvent, WatchOptions } from './stream.ts'

const resource = { apiVersion: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true }
const object = (name: string, version: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', uid: name, resourceVersion: String(version) },
})
const list = (version: number, ...items: KubeObject[]): List => ({ items, resourceVersion: String(version) })
const failure = (status: number, reason: string, rest = {}) => new ApiError({ attempt: 'WATCH', status, reason, message: reason, ...rest })
const event = (type: WatchEvent['type'], name: string, version: number): WatchEvent => ({ type, object: object(name, version) })

type Answer<Value> = Value | Error

/** One watch session: what it tells, and how it ends. Without an end it stays open. */
interface Session {
  events?: WatchEvent[]
  end?: Error | 'closed'
}

/** An API server that answers from a script and remembers what it was asked. */
const scripted = (lists: Answer<List>[], sessions: Session[]) => {
  const asked: string[] = []
  async function* watch(_: unknown, { resourceVersion, signal, onOpen }: WatchOptions): AsyncGenerator<WatchEvent> {
    const { events = [], end } = sessions.shift() ?? {}
    asked.push(`watch ${resourceVersion}`)
    if (!(end instanceof Error && events.length === 0)) onOpen?.()
    yield* events
    if (end instanceof Error) throw end
    if (end === undefined) await new Promise(resolve => signal.addEventListener('abort', resolve, { once: true }))
  }
  const client = {
    list: async () => {
      asked.push('list')
      const answer = lists.shift() ?? list(1)
      if (answer instanceof Error) throw answer
      return answer
    },
    watch,
  } as unknown as Client
  return { client, asked }
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}

const follow = async (lists: Answer<List>[], sessions: Session[]) => {
  const { client, asked } = scripted(lists, sessions)
  const clock = manualClock()
  const store = new Store()
  const reflector = new Reflector({ client, resource, selection: {}, store, clock, log: silentLog, random: () => 0 })
  reflector.start()
  await settle()
  const wait = async (milliseconds: number) => {
    clock.advance(milliseconds)
    await settle()
  }
  return { reflector, store, asked, wait }
}

describe('a reflector', () => {
  test('lists once, then watches from there', async () => {
    const { reflector, store, asked } = await follow([list(5, object('a', 3))], [{ events: [event('MODIFIED', 'a', 6)] }])
    expect(asked).toEqual(['list', 'watch 5'])
    expect(reflector.hasSynced).toBe(true)
    expect(store.get('n/a')?.metadata.resourceVersion).toBe('6')
    await reflector.stop()
  })

  test('resumes after a reset from the last event or bookmark, without a list', async () => {
    const reset = failure(0, 'Unreachable')
    const sessions = [{ events: [event('ADDED', 'a', 6), event('BOOKMARK', '', 9)], end: reset }]
    const { reflector, asked, wait } = await follow([list(5)], sessions)
    await wait(900)
    expect(asked).toEqual(['list', 'watch 5', 'watch 9'])
    await reflector.stop()
  })

  test.each([
    ['as the answer to the watch', [{ end: failure(410, 'Expired') }]],
    ['in the stream', [{ events: [event('ADDED', 'a', 6)], end: failure(410, 'Gone') }]],
  ])('lists exactly once after a 410 %s', async (_, sessions) => {
    const { reflector, store, asked, wait } = await follow([list(5), list(20, object('b', 19))], sessions)
    await wait(10_000)
    expect(asked).toEqual(['list', 'watch 5', 'list', 'watch 20'])
    expect(store.list().map(({ metadata }) => metadata.name)).toEqual(['b'])
    await reflector.stop()
  })

  test('does not list in a tight loop when every watch ends in a 410', async () => {
    const sessions = Array.from({ length: 50 }, () => ({ end: failure(410, 'Expired') }))
    const { reflector, asked, wait } = await follow([], sessions)
    for (let second = 0; second < 20; second++) await wait(1000)
    expect(asked.filter(one => one === 'list').length).toBeLessThan(16)
    await reflector.stop()
  })

  test('does not ask in a tight loop when every watch is closed at once', async () => {
    const sessions = Array.from({ length: 50 }, () => ({ end: 'closed' as const }))
    const { reflector, asked, wait } = await follow([], sessions)
    for (let second = 0; second < 10; second++) await wait(1000)
    expect(asked.length).toBeLessThan(12)
    await reflector.stop()
  })

  test('waits longer and longer while the API server is away, at most 4 s, and starts over after success', async () => {
    const away = failure(0, 'Unreachable')
    const { reflector, asked, wait } = await follow([away, away, away, away, away, away, list(5)], [])
    const counts: number[] = []
    for (const milliseconds of [799, 1, 799, 801, 1599, 1, 2000]) {
      await wait(milliseconds)
      counts.push(asked.length)
    }
    expect(counts).toEqual([1, 2, 2, 3, 3, 4, 5])
    for (let second = 0; second < 8; second++) await wait(1000)
    expect(reflector.hasSynced).toBe(true)
    await reflector.stop()
  })

  test('waits as long as a 429 says', async () => {
    const { reflector, asked, wait } = await follow([failure(429, 'TooManyRequests', { retryAfterSeconds: 7 }), list(5)], [])
    await wait(6999)
    expect(asked).toEqual(['list'])
    await wait(1)
    expect(asked).toEqual(['list', 'list', 'watch 5'])
    await reflector.stop()
  })

  test('opens a silent watch anew at once', async () => {
    const { reflector, asked } = await follow([list(5)], [{ events: [event('BOOKMARK', '', 7)], end: failure(0, 'Silent') }])
    expect(asked).toEqual(['list', 'watch 5', 'watch 7'])
    await reflector.stop()
  })
})

describe('what a reflector believes and says', () => {
  test('does not go back in time when a list is older than what it saw', async () => {
    const sessions = [{ events: [event('ADDED', 'a', 30)], end: failure(410, 'Expired') }]
    const { reflector, store, asked, wait } = await follow([list(5), list(20), list(40, object('a', 30))], sessions)
    await wait(0)
    expect(asked).toEqual(['list', 'watch 5', 'list'])
    expect(store.get('n/a')).toBeDefined()
    await wait(900)
    expect(asked).toEqual(['list', 'watch 5', 'list', 'list', 'watch 40'])
    expect(store.get('n/a')).toBeDefined()
    await reflector.stop()
  })

  test('believes a list during which we wrote, and keeps what we wrote', async () => {
    const { client, asked } = scripted([list(5)], [{ events: [event('ADDED', 'a', 6)], end: failure(410, 'Expired') }])
    const store = new Store()
    const clock = manualClock()
    const answer = client.list.bind(client)
    client.list = async (...wanted) => {
      const answered = await answer(...wanted)
      if (asked.length === 1) return answered
      store.learn(object('ours', 21))
      return list(20, object('a', 19))
    }
    const reflector = new Reflector({ client, resource, selection: {}, store, clock, log: silentLog, random: () => 0 })
    reflector.start()
    await settle()
    clock.advance(0)
    await settle()
    expect(asked).toEqual(['list', 'watch 5', 'list', 'watch 20'])
    expect(
      store
        .list()
        .map(({ metadata }) => metadata.name)
        .toSorted(),
    ).toEqual(['a', 'ours'])
    await reflector.stop()
  })

  test.each([0, 0.999])('asks for a watch that ends before its silence would count as death, by chance %d', async chance => {
    const { client } = scripted([list(5)], [])
    const wanted: WatchOptions[] = []
    const watch = client.watch.bind(client)
    client.watch = (kind, options) => {
      wanted.push(options)
      return watch(kind, options)
    }
    const options = { client, resource, selection: {}, store: new Store(), clock: manualClock(), log: silentLog, random: () => chance }
    const reflector = new Reflector(options)
    reflector.start()
    await settle()
    expect(wanted[0]?.silenceMs).toBe(30_000)
    // The last word comes two seconds before the end, and the end itself may be late.
    expect(wanted[0]?.timeoutSeconds).toBeGreaterThan(20)
    expect(wanted[0]?.timeoutSeconds).toBeLessThan(28)
    await reflector.stop()
  })

  test('says which namespace a broken watch is of', async () => {
    const lines: object[] = []
    const log = { ...silentLog, warn: (fields: object) => void lines.push(fields) }
    const { client } = scripted([list(5)], [{ end: failure(500, 'InternalError') }])
    const options = { client, resource, selection: { namespace: 'a' }, store: new Store(), clock: manualClock(), log, random: () => 0 }
    const reflector = new Reflector(options)
    reflector.start()
    await settle()
    expect(lines).toEqual([expect.objectContaining({ resource: 'configmaps', namespace: 'a' })])
    await reflector.stop()
  })

  test('knows for how long it has had no sign of the API server', async () => {
    const away = failure(0, 'Unreachable')
    const { reflector, wait } = await follow([list(5)], [{}, ...Array.from({ length: 99 }, () => ({ end: away }))])
    await wait(60_000)
    expect(reflector.silentSeconds).toBe(60)
    await reflector.stop()
  })
})
