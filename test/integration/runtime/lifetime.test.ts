import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { children, fixture, plain } from './fixture.ts'
import { loadFrom } from './operate.ts'
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

describe('client certificates', () => {
  test('are taken into use when their files change, without a restart and with the old connections closed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'credentials-'))
    const install = async (user: string) => {
      const config = loadFrom(await api.plane.kubeconfigFor({ user, groups: ['system:masters'] }))()
      const { certData = '', keyData = '' } = config.getCurrentUser() ?? {}
      writeFileSync(join(folder, 'tls.crt'), Buffer.from(certData, 'base64'))
      writeFileSync(join(folder, 'tls.key'), Buffer.from(keyData, 'base64'))
    }
    const load = () => {
      const config = new KubeConfig()
      config.loadFromOptions({
        clusters: [{ name: 'c', server: api.plane.server, caFile: api.plane.caFile }],
        users: [{ name: 'u', certFile: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') }],
        contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
        currentContext: 'x',
      })
      return config
    }
    await install('before-rotation')
    const connection = new Connection({ load, clock: systemClock, refreshMs: 200 })
    const client = createClient({ connection, clock: systemClock, fieldManager: 'test' })
    const create = (name: string) => {
      const object = make(configMaps, name)
      return client.create(configMaps, { ...object, metadata: { name, namespace: api.namespace } })
    }
    await create('a')
    await install('after-rotation')
    await sleep(300)
    await create('b')
    await connection.close()
    const lines = readFileSync(api.plane.auditLog, 'utf8').split('\n')
    const users = lines.flatMap(line => /"username":"((?:before|after)-rotation)"/.exec(line)?.[1] ?? [])
    expect(users).toEqual(['before-rotation', 'after-rotation'])
  })
})
