import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { isGone } from '../../../operator/runtime/errors.ts'
import { compact } from './compact.ts'
import { children, fixture, plain } from './fixture.ts'
import { eventually } from './operate.ts'
import { configMaps, gadgets, make, widgets } from './widgets.ts'

const api = fixture()

const mirror = () => api.start(({ object }) => plain(children([make(configMaps, object.metadata.name)])))

const counted = async (page: Promise<string>, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(await page)?.[1] ?? Number.NaN)

describe('a kind with 1,200 objects', () => {
  test('is listed by pages of 500, complete and once', async () => {
    for (let batch = 0; batch < 1200; batch += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, at) => api.create(make(gadgets, `g${batch + at}`), gadgets)))
    }
    const { items } = await api.client.list(gadgets, { namespace: api.namespace })
    expect(new Set(items.map(({ metadata }) => metadata.name)).size).toBe(1200)
    expect(items.every(({ kind, apiVersion }) => kind === 'Gadget' && apiVersion === 'test.example.dev/v1')).toBe(true)
    let seen = 0
    const operator = await api.start(({ of }) => {
      seen = of(gadgets).list().length
      return plain([])
    })
    await api.create(make(widgets, 'a'))
    await api.settled()
    expect(seen).toBe(1200)
    expect(await operator.registry.metrics()).toMatch(/rest_client_requests_total\{method="GET",code="200"\} 1[0-9]\n/)
  })
})

describe('a watch', () => {
  test('goes on after the API server was killed and came back, and misses nothing that happened meanwhile', async () => {
    const operator = await mirror()
    await api.create(make(widgets, 'before'))
    expect(await eventually(() => api.get(configMaps, 'before'), Boolean)).toBeDefined()
    await api.plane.stopPart('kube-apiserver')
    await sleep(3000)
    await api.plane.startPart('kube-apiserver')
    const back = Date.now()
    await api.create(make(widgets, 'after'))
    expect(await eventually(() => api.get(configMaps, 'after'), Boolean, 20)).toBeDefined()
    const seconds = (Date.now() - back) / 1000
    console.info(`caught up ${seconds.toFixed(1)} s after the API server was ready`)
    expect(seconds).toBeLessThan(15)
    expect(operator.runtime.unready()).toEqual([])
    expect(operator.lines.some(line => line.includes('watch interrupted'))).toBe(true)
  }, 120_000)

  test('lists once when its version was compacted away, and acts on what it missed', async () => {
    const operator = await mirror()
    await api.create(make(widgets, 'a'))
    await api.settled()
    const lists = () => counted(operator.registry.metrics(), `runtime_lists_total\\{kind="widgets.test.example.dev ${api.namespace}"\\}`)
    expect(await lists()).toBe(1)
    await api.plane.stopPart('kube-apiserver')
    // Others write while we are away, and their history is forgotten before we come back.
    await api.plane.startPart('kube-apiserver')
    for (let at = 0; at < 20; at++) await api.create(make(gadgets, `g${at}`), gadgets)
    await api.create(make(widgets, 'b'))
    await compact(api.plane)
    expect(await eventually(() => api.get(configMaps, 'b'), Boolean, 20)).toBeDefined()
    await api.settled()
    expect(await lists()).toBeLessThanOrEqual(2)
    // What the API server says of a version that nobody remembers, whether as its answer or in the stream.
    const options = { resourceVersion: '1', timeoutSeconds: 300, silenceMs: 5000, signal: new AbortController().signal }
    const failure = await api.client
      .watch(widgets, options)
      .next()
      .catch((error: unknown) => error)
    expect(isGone(failure)).toBe(true)
  }, 120_000)

  test('that falls silent is opened anew, without a list and without an error', async () => {
    const operator = await api.start(({ object }) => plain(children([make(configMaps, object.metadata.name)])), { silenceMs: 1500 })
    await sleep(5000)
    await api.create(make(widgets, 'a'))
    expect(await eventually(() => api.get(configMaps), Boolean)).toBeDefined()
    expect(operator.lines.filter(line => line.includes('watch interrupted'))).toEqual([])
    expect(await operator.registry.metrics()).toMatch(/runtime_lists_total\{kind="configmaps [^}]*\} 1\n/)
    expect(operator.runtime.sick()).toEqual([])
  })

  test('sees an object deleted and made again under the same name as another object', async () => {
    await mirror()
    const first = await api.create(make(widgets, 'a'))
    expect(await eventually(() => api.get(configMaps), Boolean)).toBeDefined()
    await api.client.remove(widgets, first)
    const second = await api.create(make(widgets, 'a'))
    // Without a garbage collector the old child stays: it is waited for, not taken over.
    await sleep(1500)
    expect((await api.get(configMaps))?.metadata.ownerReferences?.[0]?.uid).toBe(first.metadata.uid)
    await api.client.remove(configMaps, (await api.get(configMaps)) as never)
    const made = await eventually(() => api.get(configMaps), Boolean)
    expect(made?.metadata.ownerReferences?.[0]?.uid).toBe(second.metadata.uid)
  })
})

describe('an operator that starts while the API server is away', () => {
  test('is not ready, waits, and begins when it is there', async () => {
    await api.create(make(widgets, 'a'))
    await api.plane.stopPart('kube-apiserver')
    const operator = await api.start(({ object }) => plain(children([make(configMaps, object.metadata.name)])), { patient: false })
    await sleep(1500)
    expect(operator.runtime.unready()).toContain(`widgets.test.example.dev ${api.namespace}: the first list has not come yet`)
    await api.plane.startPart('kube-apiserver')
    expect(await eventually(() => api.get(configMaps), Boolean, 20)).toBeDefined()
    expect(operator.runtime.unready()).toEqual([])
  }, 120_000)
})
