import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { describe, expect, test } from 'vitest'
import { createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { fixture } from './fixture.ts'
import { loadFrom } from './operate.ts'
import { configMaps, make } from './widgets.ts'

const api = fixture()

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
    await new Promise(resolve => setTimeout(resolve, 300))
    await create('b')
    await connection.close()
    const lines = readFileSync(api.plane.auditLog, 'utf8').split('\n')
    const users = lines.flatMap(line => /"username":"((?:before|after)-rotation)"/.exec(line)?.[1] ?? [])
    expect(users).toEqual(['before-rotation', 'after-rotation'])
  })
})
