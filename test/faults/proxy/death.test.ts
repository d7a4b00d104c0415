import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request as ask } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../integration/runtime/operate.ts'
import { configMaps, widgets } from '../../integration/runtime/widgets.ts'
import type { AtAction } from './fault.ts'
import { fate, proxied } from './proxied.ts'
import type { RequestRecord } from './requestrecord.ts'

const set = proxied()

const writer = (): ChildProcess => {
  const script = fileURLToPath(new URL('writer.ts', import.meta.url))
  return spawn(process.execPath, [script, set.proxy.kubeconfig, set.api.namespace], { stdio: 'inherit' })
}

const names = async (): Promise<string[]> =>
  (await set.api.client.list(configMaps, { namespace: set.api.namespace })).items.map(({ metadata }) => metadata.name)

describe('a client killed at its 30th change', () => {
  const victim = () => set.proxy.requests.find(({ mutation }) => mutation === 30)

  test.each([
    ['before', { status: undefined, told: undefined }],
    ['committed', { status: 201, told: undefined }],
    ['answered', { status: 201, told: 201 }],
  ] as [AtAction['moment'], object][])('when it is %s has done that far and not one thing more', async (moment, expected) => {
    const child = writer()
    const ended = once(child, 'exit')
    let killedAt = Number.POSITIVE_INFINITY
    const run = async () => {
      killedAt = performance.now()
      child.kill('SIGKILL')
      await ended
    }
    set.proxy.inject({ on: { mutation: 30 }, act: { kind: 'at', moment, cut: true, run } })
    expect(await ended).toEqual([null, 'SIGKILL'])
    expect(
      await eventually(
        () => set.proxy.connections(),
        count => count === 0,
        5,
      ),
    ).toBe(0)
    expect(await eventually(() => set.proxy.requests.every(({ endedAt }) => endedAt !== undefined), Boolean, 5)).toBe(true)
    expect(fate(victim() as never)).toEqual(expected)
    // Up to three others were on their way by then; what came later was never forwarded.
    const done = set.proxy.requests.filter(({ status }) => status === 201)
    expect((await names()).toSorted()).toEqual(done.map(({ name = '' }) => name).toSorted())
    expect((await names()).includes(victim()?.name ?? '')).toBe(moment !== 'before')
    expect(set.proxy.requests.filter(({ beganAt, status }) => beganAt >= killedAt && status !== undefined)).toEqual([])
    expect(done.filter(({ endedAt = 0 }) => endedAt > killedAt).length).toBeLessThanOrEqual(4)
  })

  test('without a cut is not served either, when it died before it was', async () => {
    const child = writer()
    const ended = once(child, 'exit')
    const run = async () => {
      child.kill('SIGKILL')
      await ended
    }
    set.proxy.inject({ on: { mutation: 30 }, act: { kind: 'at', moment: 'before', run } })
    await ended
    expect(await eventually(() => victim()?.endedAt, Boolean, 5)).toBeDefined()
    expect(fate(victim() as never)).toEqual({ status: undefined, told: undefined })
    expect(await names()).not.toContain(victim()?.name)
  })
})

describe('a client that leaves', () => {
  const path = (plural: string) => `/api/v1/namespaces/${set.api.namespace}/${plural}`
  const begin = (method: string, where: string, body = '') => {
    const request = ask(`${set.proxy.server}${where}`, { method, ca: readFileSync(set.api.plane.caFile) })
    request.on('error', () => undefined)
    request.setHeader('content-type', 'application/json')
    request.end(body)
    return request
  }
  const config = (name: string) => JSON.stringify(set.placed(name))
  const only = async () => {
    await eventually(() => set.proxy.requests[0]?.endedAt, Boolean, 5)
    expect(set.proxy.requests).toHaveLength(1)
    return set.proxy.requests[0] as RequestRecord
  }

  test('before its request was forwarded is not served', async () => {
    set.proxy.inject({ on: { verb: 'create' }, act: { kind: 'delay', milliseconds: 1000, moment: 'before' } })
    const request = begin('POST', path('configmaps'), config('a'))
    await eventually(() => set.proxy.requests.length, Boolean, 5)
    request.destroy()
    expect(fate(await only())).toEqual({ status: undefined, told: undefined })
    await sleep(1000)
    expect(await names()).toEqual([])
  })

  test('after it was forwarded is still known to have been served', async () => {
    const slow = await set.another()
    slow.inject({ on: { verb: 'create' }, act: { kind: 'delay', milliseconds: 1000, moment: 'before' } })
    set.proxy.retarget(slow.server)
    const request = begin('POST', path('configmaps'), config('a'))
    await eventually(() => slow.requests.length, Boolean, 5)
    request.destroy()
    await eventually(
      () => set.proxy.connections(),
      count => count === 0,
      5,
    )
    expect(fate(await only())).toEqual({ status: 201, told: undefined })
    expect(await names()).toEqual(['a'])
  })

  test('in the middle of its request has asked for nothing', async () => {
    const request = ask(`${set.proxy.server}${path('configmaps')}`, { method: 'POST', ca: readFileSync(set.api.plane.caFile) })
    request.on('error', () => undefined)
    request.write('{"metadata":')
    await eventually(
      () => set.proxy.connections(),
      count => count === 1,
      5,
    )
    await sleep(100)
    request.destroy()
    expect(
      await eventually(
        () => set.proxy.connections(),
        count => count === 0,
        5,
      ),
    ).toBe(0)
    expect(set.proxy.requests).toEqual([])
  })

  test('a watch ends it at the API server, too', async () => {
    const upstream = await set.another()
    set.proxy.retarget(upstream.server)
    const request = begin('GET', `/apis/${widgets.apiVersion}/widgets?watch=true`)
    await eventually(() => upstream.requests[0]?.told, Boolean, 5)
    expect(upstream.requests[0]?.endedAt).toBeUndefined()
    request.destroy()
    expect(await eventually(() => upstream.requests[0]?.endedAt, Boolean, 5)).toBeDefined()
  })
})
