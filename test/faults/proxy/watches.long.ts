import { describe, expect, test } from 'vitest'
import { children, plain } from '../../integration/runtime/fixture.ts'
import { eventually, type OperateOptions, type Planner } from '../../integration/runtime/operate.ts'
import { configMaps, make, widgets } from '../../integration/runtime/widgets.ts'
import type { StreamAction, StreamFault } from './fault.ts'
import { proxied } from './proxied.ts'

const set = proxied()

const watch = { verb: 'watch', resource: 'widgets' } as const
const mirror: Planner = ({ object }) => plain(children([make(configMaps, object.metadata.name)]))
const start = (planner = mirror, options: OperateOptions = {}) => set.api.start(planner, { kubeconfig: set.proxy.kubeconfig, ...options })
const asked = (verb: 'list' | 'watch') => set.proxy.requests.filter(one => one.verb === verb && one.resource === 'widgets').length
const widget = (name: string, spec: object = {}) => set.api.create(make(widgets, name, { spec }))

/** Milliseconds from a change to what the operator makes of it; more than any test allows when it makes nothing. */
const untilMirrored = async (name: string): Promise<number> => {
  const before = performance.now()
  const made = await eventually(() => set.api.get(configMaps, name), Boolean)
  return made ? performance.now() - before : Number.POSITIVE_INFINITY
}

describe('a watch that breaks after its first event', () => {
  const breaks = (how: StreamFault): StreamAction => ({ kind: 'stream', how, afterEvents: 1 })
  test.each([
    ['reset', 1],
    ['close', 1],
    ['truncated', 1],
    ['half-open', 1],
    ['error-500', 1],
    ['error-410', 2],
  ] as const)('by %s is caught up with in 5 s; lists in all: %i', async (how, lists) => {
    set.proxy.inject({ on: watch, act: breaks(how) })
    await start(mirror, how === 'half-open' ? { silenceMs: 1500 } : {})
    await widget('a')
    expect(await untilMirrored('a')).toBeLessThan(5000)
    await widget('b')
    expect(await untilMirrored('b')).toBeLessThan(5000)
    await widget('c')
    expect(await untilMirrored('c')).toBeLessThan(5000)
    expect(asked('list')).toBe(lists)
    // With so little patience every watch is short.
    if (how === 'half-open') expect(asked('watch')).toBeGreaterThan(1)
    else expect(asked('watch')).toBe(2)
  })

  test.each(['duplicated', 'dribble'] as const)('by being %s goes on, and nothing is done twice', async how => {
    set.proxy.inject({ on: watch, act: breaks(how) })
    await start()
    for (const name of ['a', 'b', 'c']) {
      await widget(name)
      expect(await untilMirrored(name)).toBeLessThan(5000)
    }
    await set.api.settled()
    expect([asked('list'), asked('watch')]).toEqual([1, 1])
    const creations = set.proxy.requests.filter(one => one.resource === 'configmaps' && one.mutation !== undefined)
    expect(creations.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })
})

describe('a watch', () => {
  test('that is refused with 410 leads to one more list', async () => {
    set.proxy.inject({ on: watch, act: { kind: 'stream', how: 'gone' } })
    await start()
    await widget('a')
    expect(await untilMirrored('a')).toBeLessThan(5000)
    expect([asked('list'), asked('watch')]).toEqual([2, 2])
  })

  test('can be broken after a time, even when nothing happens', async () => {
    set.proxy.inject({ on: watch, act: { kind: 'stream', how: 'close', afterMilliseconds: 300 } })
    await start()
    expect(
      await eventually(
        () => asked('watch'),
        count => count === 2,
        5,
      ),
    ).toBe(2)
    const [first] = set.proxy.requests.filter(one => one.verb === 'watch' && one.resource === 'widgets')
    expect((first?.endedAt ?? 0) - (first?.beganAt ?? 0)).toBeGreaterThan(290)
  })

  test('whose events are held shows only the latest of an object', async () => {
    set.proxy.inject({ on: watch, times: Number.POSITIVE_INFINITY, act: { kind: 'coalesce', milliseconds: 1000 } })
    const seen: unknown[] = []
    await start(({ object }) => {
      seen.push((object['spec'] as { step: number }).step)
      return plain([])
    })
    const made = await widget('a', { step: 0 })
    for (const step of [1, 2, 3]) await set.api.client.merge(widgets, made.metadata, { spec: { step } })
    expect(
      await eventually(
        () => seen,
        steps => steps.includes(3),
        5,
      ),
    ).toContain(3)
    expect(seen).not.toContain(0)
    expect(seen).not.toContain(1)
    expect(seen).not.toContain(2)
    expect(asked('list')).toBe(1)
  })

  test('that loses a deletion and a new beginning shows another object of the name after a list', async () => {
    const uids = new Set<unknown>()
    const deletions: string[] = []
    const first = await widget('a')
    set.proxy.inject({ on: watch, act: { kind: 'coalesce', milliseconds: 500, relist: true } })
    await start(({ object }) => {
      uids.add(object.metadata.uid)
      if (object.metadata.deletionTimestamp) deletions.push(object.metadata.name)
      return plain([])
    })
    await set.api.client.remove(widgets, first)
    const second = await widget('a')
    await eventually(
      () => uids.size,
      size => size === 2,
      5,
    )
    expect([...uids]).toEqual([first.metadata.uid, second.metadata.uid])
    expect([asked('list'), deletions]).toEqual([2, []])
  })
})

describe('an older list', () => {
  const recordedBefore = async (name: string) => {
    await set.proxy.recordLists()
    await widget(name)
    expect(await untilMirrored(name)).toBeLessThan(5000)
  }

  test('is refused by whoever knows better, and the true one is asked for', async () => {
    const known: string[][] = []
    const operator = await start(({ object, of }) => {
      known.push(
        of(widgets)
          .list()
          .map(({ metadata }) => metadata.name),
      )
      return mirror({ object } as never)
    })
    await widget('a')
    expect(await untilMirrored('a')).toBeLessThan(5000)
    await recordedBefore('b')
    set.proxy.inject({ on: watch, act: { kind: 'stream', how: 'gone' } })
    set.proxy.inject({ on: { verb: 'list', resource: 'widgets' }, act: { kind: 'replay' } })
    await set.proxy.disconnect()
    expect(
      await eventually(
        () => asked('list'),
        count => count === 3,
        5,
      ),
    ).toBe(3)
    expect(operator.lines.filter(line => line.includes('this API server is behind'))).toHaveLength(1)
    await widget('c')
    expect(await untilMirrored('c')).toBeLessThan(5000)
    expect(known.at(-1)?.toSorted()).toEqual(['a', 'b', 'c'])
  })

  test('is believed by a newcomer until the watch tells the rest', async () => {
    const operator = await start()
    await widget('a')
    expect(await untilMirrored('a')).toBeLessThan(5000)
    await recordedBefore('b')
    await set.api.stop(operator)
    set.proxy.inject({ on: { verb: 'list', resource: 'widgets' }, act: { kind: 'replay' } })
    set.proxy.inject({ on: watch, act: { kind: 'delay', milliseconds: 1000, moment: 'before' } })
    const seen: string[][] = []
    await start(({ of }) => {
      seen.push(
        of(widgets)
          .list()
          .map(({ metadata }) => metadata.name),
      )
      return plain([])
    })
    await eventually(
      () => seen.at(-1),
      names => names?.includes('b') ?? false,
      5,
    )
    expect(seen[0]).toEqual(['a'])
    expect(seen.at(-1)?.toSorted()).toEqual(['a', 'b'])
  })
})

describe('the sockets of an operator', () => {
  test('stay few, however often they are reset', async () => {
    await start()
    await widget('before')
    expect(await untilMirrored('before')).toBeLessThan(5000)
    const base = set.proxy.connections()
    for (let round = 0; round < 2; round++) {
      await set.proxy.disconnect()
      expect(
        await eventually(
          () => set.proxy.connections(),
          count => count >= 11,
          10,
        ),
      ).toBeGreaterThanOrEqual(11)
      await widget(`round${round}`)
      expect(await untilMirrored(`round${round}`)).toBeLessThan(5000)
    }
    expect(set.proxy.connections()).toBeLessThanOrEqual(base + 2)
    console.info(`${base} sockets before, ${set.proxy.connections()} after 2 resets of all, ${set.proxy.opened()} opened in all`)
  })
})
