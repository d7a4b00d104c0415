import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { children, fixture, plain } from './fixture.ts'
import { configMaps, make, widgets } from './widgets.ts'

const api = fixture()

const slow = (seconds: number) => ({
  spec: {
    concurrency: 1,
    read: async (key: string, stores: { of(kind: typeof widgets): { get(key: string): never } }) => {
      await sleep(seconds * 1000)
      return stores.of(widgets).get(key)
    },
  },
})

describe('a stop', () => {
  test('finishes the pass in flight, begins none, and ends in time', async () => {
    await api.create(make(widgets, 'a'))
    await api.create(make(widgets, 'b'))
    const operator = await api.start(() => plain(children([make(configMaps, 'made')])), slow(1) as never)
    await sleep(300)
    const before = Date.now()
    expect(await operator.runtime.stop()).toBe(true)
    expect(Date.now() - before).toBeLessThan(2000)
    expect(await operator.passes()).toBe(1)
    expect(await api.get(configMaps, 'made')).toBeDefined()
    expect(operator.runtime.unready()).toEqual(['stopping'])
  })

  test('does not wait for ever', async () => {
    await api.create(make(widgets, 'a'))
    const operator = await api.start(() => plain([]), { ...slow(4), stopWithinMs: 500 } as never)
    await sleep(300)
    const before = Date.now()
    expect(await operator.runtime.stop()).toBe(false)
    expect(Date.now() - before).toBeLessThan(2000)
  })
})
