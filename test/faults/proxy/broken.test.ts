import { describe, expect, test } from 'vitest'
import { isConflict } from '../../../operator/runtime/errors.ts'
import { eventually } from '../../integration/runtime/operate.ts'
import { configMaps, widgets } from '../../integration/runtime/widgets.ts'
import type { Action } from './fault.ts'
import { fate, proxied } from './proxied.ts'

const set = proxied()

const create = (name: string, timeoutMs?: number) => set.client(timeoutMs).create(configMaps, set.placed(name))
const exists = async (name: string) => (await set.api.get(configMaps, name)) !== undefined
const forever = Number.POSITIVE_INFINITY

describe('an answer of the proxy instead of the API server', () => {
  test.each([
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [409, 'Conflict'],
    [410, 'Expired'],
  ])('%i reads as the API server would word it, and nothing is done', async (status, reason) => {
    set.proxy.inject({ on: { resource: 'configmaps' }, act: { kind: 'answer', status } })
    await expect(create('a')).rejects.toMatchObject({ status, reason })
    expect(await exists('a')).toBe(false)
    expect(set.proxy.requests.map(fate)).toEqual([{ status: undefined, told: status }])
  })

  test('429 says when to come back, and the client does', async () => {
    set.proxy.inject({ on: { verb: 'create' }, act: { kind: 'answer', status: 429, retryAfterSeconds: 1 } })
    await create('a')
    const [first, second] = set.proxy.requests
    expect([first?.told, second?.told]).toEqual([429, 201])
    expect((second?.beganAt ?? 0) - (first?.endedAt ?? 0)).toBeGreaterThan(990)
  })

  test('comes on the requests that were named, and on no others', async () => {
    set.proxy.inject({ on: { verb: 'create', namespace: set.api.namespace }, from: 2, times: 2, act: { kind: 'answer', status: 500 } })
    const results = []
    for (const name of ['a', 'b', 'c', 'd'])
      results.push(
        await create(name).then(
          () => 201,
          ({ status }) => status,
        ),
      )
    expect(results).toEqual([201, 500, 500, 201])
    const takeBack = set.proxy.inject({ on: { mutation: 5 }, times: forever, act: { kind: 'answer', status: 500 } })
    await expect(create('e')).rejects.toMatchObject({ status: 500 })
    takeBack()
    await create('e')
  })
})

describe('a connection', () => {
  type How = 'reset' | 'close' | 'hang'
  const cut = (moment: 'before' | 'committed', how: How): Action => ({ kind: 'cut', moment, how })
  const endsBy = (how: How) =>
    expect(create('a', how === 'hang' ? 2000 : undefined)).rejects.toMatchObject({
      status: 0,
      reason: how === 'hang' ? 'Timeout' : 'Unreachable',
    })

  test.each(['reset', 'close', 'hang'] as const)('that ends in %s before a request is forwarded leaves nothing done', async how => {
    set.proxy.inject({ on: { verb: 'create' }, act: cut('before', how) })
    await endsBy(how)
    expect(await exists('a')).toBe(false)
    expect(set.proxy.requests.map(fate)).toEqual([{ status: undefined, told: undefined }])
  })

  test.each(['reset', 'close', 'hang'] as const)('that ends in %s after the commit leaves the work done', async how => {
    set.proxy.inject({ on: { verb: 'create' }, act: cut('committed', how) })
    await endsBy(how)
    expect(await exists('a')).toBe(true)
    expect(set.proxy.requests.map(fate)).toEqual([{ status: 201, told: undefined }])
  })

  test('may be slow to take a request, or to answer it', async () => {
    set.proxy.inject({ on: { name: 'a' }, act: { kind: 'delay', milliseconds: 2000, moment: 'before' } })
    set.proxy.inject({ on: { name: 'b' }, act: { kind: 'delay', milliseconds: 2000, moment: 'committed' } })
    const [a, b] = [create('a'), create('b')]
    expect(await eventually(() => exists('b'), Boolean)).toBe(true)
    expect(await exists('a')).toBe(false)
    await Promise.all([a, b])
    // A client has its answer a moment before the record is final.
    await expect.poll(() => set.proxy.requests.every(({ endedAt }) => endedAt !== undefined)).toBe(true)
    expect(set.proxy.requests.every(({ beganAt, endedAt = 0 }) => endedAt - beganAt >= 1999)).toBe(true)
  })

  test('may be slow to carry an answer, which comes whole', async () => {
    const data = { text: 'ab'.repeat(5000) }
    await set.api.client.create(configMaps, set.placed('a', { data }))
    set.proxy.inject({ on: { verb: 'get' }, act: { kind: 'slow', bytesPerSecond: 20_000 } })
    const before = performance.now()
    const target = { namespace: set.api.namespace, name: 'a' }
    expect((await set.client().get(configMaps, target))?.['data']).toEqual(data)
    expect(performance.now() - before).toBeGreaterThan(450)
  })
})

describe('somebody else', () => {
  test('who writes first causes a conflict that the API server itself finds', async () => {
    const made = await set.api.client.create(widgets, set.placed('a', { spec: {} }, widgets))
    const write = async () => void (await set.api.client.merge(widgets, made.metadata, { spec: { theirs: true } }))
    set.proxy.inject({ on: { verb: 'update', subresource: 'status' }, act: { kind: 'interfere', write } })
    const failure = await set
      .client()
      .putStatus(widgets, { ...made, status: {} })
      .catch((error: unknown) => error)
    expect(isConflict(failure)).toBe(true)
    expect(set.proxy.requests.map(fate)).toEqual([{ status: 409, told: 409 }])
    expect(await set.api.get(widgets)).toMatchObject({ spec: { theirs: true } })
  })
})

describe('several faults on one request', () => {
  test('act each at its moment', async () => {
    const on = { verb: 'create' } as const
    const seen: string[] = []
    set.proxy.inject({ on, act: { kind: 'at', moment: 'answered', run: ({ told }) => void seen.push(`answered ${told}`) } })
    set.proxy.inject({ on, act: { kind: 'at', moment: 'committed', run: ({ status }) => void seen.push(`committed ${status}`) } })
    set.proxy.inject({ on, act: { kind: 'at', moment: 'before', run: ({ name }) => void seen.push(`before ${name}`) } })
    await create('a')
    expect(
      await eventually(
        () => seen,
        ({ length }) => length === 3,
      ),
    ).toEqual(['before a', 'committed 201', 'answered 201'])
  })
})
