import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { children, plain } from '../../integration/runtime/fixture.ts'
import { eventually, type Planner } from '../../integration/runtime/operate.ts'
import { configMaps, make, widgets } from '../../integration/runtime/widgets.ts'
import { proxied } from '../proxy/proxied.ts'

const set = proxied()

const mirror: Planner = ({ object }) => {
  const { empty = false } = (object['spec'] ?? {}) as { empty?: boolean }
  return plain(empty ? [] : children([make(configMaps, 'a')]))
}

const creations = () => set.proxy.requests.filter(({ verb, resource }) => verb === 'create' && resource === 'configmaps').length
const deletions = () => set.proxy.requests.filter(({ verb, resource }) => verb === 'delete' && resource === 'configmaps').length

/** A widget with its child and its status, of which the operator hears nothing any more from here on. */
const unseen = async (): Promise<KubeObject> => {
  const widget = await set.api.create(make(widgets, 'a'))
  set.proxy.inject({ on: { verb: 'watch', resource: 'widgets' }, times: 9, act: { kind: 'stream', how: 'half-open' } })
  await set.api.start(mirror, { kubeconfig: set.proxy.kubeconfig, silenceMs: 60_000 })
  const hasStatus = await eventually(
    () => set.api.get(widgets),
    object => object?.['status'] !== undefined,
  )
  expect(hasStatus).toBeDefined()
  await set.api.settled()
  expect(creations()).toBe(1)
  return widget
}

const removeChild = async () => {
  const child = await set.api.get(configMaps)
  if (child) await set.api.client.remove(configMaps, child)
}

test('a child that is gone with its owner is not made again, though the end of the owner was not heard of', async () => {
  await set.api.client.remove(widgets, await unseen())
  await removeChild()
  await sleep(500)
  expect([await set.api.get(configMaps), creations()]).toEqual([undefined, 1])
})

test('a child that was removed is made again while its owner is there', async () => {
  await unseen()
  await removeChild()
  expect(await eventually(() => set.api.get(configMaps), Boolean)).toBeDefined()
  expect(creations()).toBe(2)
})

test('a child is made for the present owner of a name, not for the one that was seen last', async () => {
  await set.api.client.remove(widgets, await unseen())
  const next = await set.api.create(make(widgets, 'a'))
  await removeChild()
  const child = await eventually(() => set.api.get(configMaps), Boolean)
  expect(child?.metadata.ownerReferences?.map(({ uid }) => uid)).toEqual([next.metadata.uid])
  expect(creations()).toBe(2)
})

test('what was asked for last decides whether a child is made again, even when it was not heard of', async () => {
  const widget = await unseen()
  await set.api.client.merge(widgets, widget.metadata, { spec: { empty: true } })
  await removeChild()
  await sleep(500)
  expect([await set.api.get(configMaps), creations(), deletions()]).toEqual([undefined, 1, 0])
})
