import { readFileSync, writeFileSync } from 'node:fs'
import { request as ask } from 'node:https'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Client } from '../../../operator/runtime/client.ts'
import { configMaps, events, make, widgets } from '../../integration/runtime/widgets.ts'
import { fate, proxied } from './proxied.ts'

const set = proxied()

const timed = async (client: Client): Promise<number> => {
  const before = performance.now()
  await client.get(configMaps, { namespace: set.api.namespace, name: 'a' })
  return performance.now() - before
}

/** One in ten is quicker: what it takes when nothing else wants the processor. */
const undisturbed = (took: number[]): number => took.toSorted((one, other) => one - other)[took.length / 10] ?? Number.NaN

describe('what passes through the proxy', () => {
  test('is recorded as what it is, and changes are counted but for Events', async () => {
    const client = set.client()
    const { namespace } = set.api
    await client.list(widgets, { namespace })
    const made = await client.create(widgets, set.placed('a', { spec: {} }, widgets))
    await client.apply(configMaps, set.placed('a', { data: { a: '1' } }))
    await client.putStatus(widgets, { ...made, status: { seen: true } })
    await client.create(events, set.placed('e', { eventTime: '2026-01-01T00:00:00.000000Z', ...note(namespace) }, events))
    await client.merge(configMaps, { namespace, name: 'a' }, { data: { a: '2' } })
    await client.remove(widgets, made)
    await client.get(widgets, { namespace, name: 'a' })
    const seen = set.proxy.requests.map(one => [one.number, one.mutation, one.verb, one.resource, one.subresource, one.name, one.status])
    expect(seen).toEqual([
      [1, undefined, 'list', 'widgets', undefined, undefined, 200],
      [2, 1, 'create', 'widgets', undefined, 'a', 201],
      [3, 2, 'apply', 'configmaps', undefined, 'a', 201],
      [4, 3, 'update', 'widgets', 'status', 'a', 200],
      [5, undefined, 'create', 'events', undefined, 'e', 201],
      [6, 4, 'patch', 'configmaps', undefined, 'a', 200],
      [7, 5, 'delete', 'widgets', undefined, 'a', 200],
      [8, undefined, 'get', 'widgets', undefined, 'a', 404],
    ])
    expect(set.proxy.requests.every(({ told, status, endedAt }) => told === status && endedAt !== undefined)).toBe(true)
    expect(JSON.parse(set.proxy.requests[1]?.body ?? '')).toMatchObject({ kind: 'Widget', metadata: { name: 'a' } })
    expect(set.proxy.requests[0]?.body).toBeUndefined()
  })

  test('is done in the name of the operator', async () => {
    await set.client().create(configMaps, set.placed('a'))
    const line = readFileSync(set.api.plane.auditLog, 'utf8')
      .split('\n')
      .find(one => one.includes(set.api.namespace) && one.includes('configmaps'))
    expect(JSON.parse(line ?? '{}')).toMatchObject({ user: { username: 'system:serviceaccount:tidegate-system:tidegate' } })
  })

  test('takes less than 2 ms longer than without it', async () => {
    await set.api.client.create(configMaps, set.placed('a'))
    const client = set.client()
    const took = { direct: [] as number[], through: [] as number[] }
    for (let at = 0; at < 150; at++) {
      took.direct.push(await timed(set.api.client))
      took.through.push(await timed(client))
    }
    const [direct, through] = [undisturbed(took.direct), undisturbed(took.through)]
    console.info(`a GET takes ${direct.toFixed(2)} ms, through the proxy ${through.toFixed(2)} ms`)
    expect(through - direct).toBeLessThan(2)
    expect(set.proxy.opened()).toBeLessThanOrEqual(2)
  })

  test('goes to another server once the proxy is pointed there', async () => {
    const other = await set.another()
    const client = set.client()
    await client.create(configMaps, set.placed('a'))
    set.proxy.retarget(other.server)
    await client.create(configMaps, set.placed('b'))
    expect(other.requests.map(({ name }) => name)).toEqual(['b'])
    expect(set.proxy.requests.map(fate)).toEqual([
      { status: 201, told: 201 },
      { status: 201, told: 201 },
    ])
  })

  test('must bear the token of the day when one is asked for', async () => {
    const tokenFile = join(dirname(set.api.plane.caFile), `token-${set.api.namespace}`)
    writeFileSync(tokenFile, 'one\n')
    let token = 'one'
    const guarded = await set.another({ expectToken: () => token, tokenFile })
    const client = set.client(15_000, guarded)
    await client.create(configMaps, set.placed('a'))
    token = 'two'
    await expect(client.create(configMaps, set.placed('b'))).rejects.toMatchObject({ status: 401, reason: 'Unauthorized' })
    writeFileSync(tokenFile, 'two\n')
    await client.create(configMaps, set.placed('c'))
    expect(guarded.requests.filter(({ told }) => told === 201).map(({ name }) => name)).toEqual(['a', 'c'])
    expect(guarded.requests.filter(({ told }) => told === 401).every(({ status }) => status === undefined)).toBe(true)
  })
})

describe('the end of the proxy', () => {
  test('closes every socket, the silent ones too', async () => {
    const proxy = await set.another()
    proxy.inject({ on: {}, act: { kind: 'cut', moment: 'before', how: 'hang' } })
    const request = ask(`${proxy.server}/readyz`, { ca: readFileSync(set.api.plane.caFile) })
    const closed = new Promise<unknown>(resolve => request.once('error', resolve))
    request.end()
    const early = await Promise.race([closed, new Promise(resolve => setTimeout(resolve, 500, 'still open'))])
    expect([early, proxy.connections()]).toEqual(['still open', 1])
    await proxy.close()
    expect(await closed).toMatchObject({ code: 'ECONNRESET' })
    expect(proxy.connections()).toBe(0)
    await expect(fetch(proxy.server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } })
  })

  test('tells what went wrong in the functions of faults', async () => {
    const proxy = await set.another()
    proxy.inject({ on: {}, act: { kind: 'interfere', write: () => Promise.reject(new Error('a mistake in the test')) } })
    proxy.inject({ on: { verb: 'list' }, act: { kind: 'replay' } })
    await expect(set.client(500, proxy).create(configMaps, set.placed('a'))).rejects.toMatchObject({ status: 0 })
    await expect(proxy.close()).rejects.toThrow('1 faults failed, the first: Error: a mistake in the test')
  })
})

const note = (namespace: string) => ({
  reportingController: 'test',
  reportingInstance: 'test',
  action: 'Test',
  reason: 'Test',
  type: 'Normal',
  regarding: { ...make(widgets, 'a'), name: 'a', namespace },
})
