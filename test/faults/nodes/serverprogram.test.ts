import { afterAll, describe, expect, it } from 'vitest'
import type { ServerHealth } from '../../../operator/api/bundle.ts'
import { port, serverEnv } from '../../../operator/api/contract.ts'
import type { Pod } from '../../../operator/plan/observed.ts'
import { createHealthBook } from '../../../operator/pods/health.ts'
import { until } from '../../e2e/until.ts'
import { addressesFor } from './addresses.ts'
import { createScript } from './script.ts'
import { misbehaviours, refusals, type ServerBehaviour } from './serverbehaviours.ts'
import { ServerProgram } from './serverprogram.ts'

const digest = `sha256:${'1'.repeat(64)}`
const addresses = addressesFor(`https://127.0.0.1:${20_000 + (process.pid % 2000)}`)
const running: ServerProgram[] = []
afterAll(async () => {
  await Promise.all(running.splice(0).map(server => server.close()))
})

/** As the operator sees it once the kubelet has told. */
const podAt = (address: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'iris-v1-x', namespace: 'ns', uid: `pod at ${address}` },
  spec: {
    containers: [
      {
        name: 'server',
        env: Object.entries({ [serverEnv.model]: 'iris', [serverEnv.version]: '1', [serverEnv.digest]: digest }).map(([name, value]) => ({
          name,
          value,
        })),
      } as { name: string },
    ],
  },
  status: {
    phase: 'Running',
    podIP: address,
    containerStatuses: [{ name: 'server', state: { running: { startedAt: '2026-01-01T00:00:00Z' } } }],
  },
})

/** What the operator makes of the first answer. */
const heard = async (pod: Pod): Promise<ServerHealth | undefined> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const book = createHealthBook(() => resolve())
  book.of('ns/iris', [pod])
  await promise
  const told = book.of('ns/iris', [pod])?.get(pod.metadata.uid ?? '')
  return told && 'value' in told ? told.value : undefined
}

const start = async (behaviour: ServerBehaviour = {}) => {
  const address = addresses.take()
  const pod = podAt(address)
  const script = createScript([{ server: behaviour }])
  let turns = 0
  const server = new ServerProgram({ pod, address, script, loadMs: 0, onReady: () => (turns += 1) })
  running.push(server)
  await new Promise(resolve => setTimeout(resolve, 30))
  const seen = () => heard(pod)
  const ask = (path: string, method = 'GET') => fetch(`http://${address}:${port.http}${path}`, { method })
  return { server, script, seen, ask, turns: () => turns }
}

describe('a server without a model', () => {
  it('answers as the real one does', async () => {
    const { server, seen, ask } = await start()
    expect(await seen()).toEqual({ status: 'healthy', model_name: 'iris', model_version: '1', digest })
    expect(server.ready).toBe(true)
    expect((await ask('/livez')).status).toBe(200)
    expect((await ask('/readyz')).status).toBe(200)
    expect(await (await ask('/predict', 'POST')).json()).toMatchObject({ model_version: '1', digest })
  })

  it('says that it is leaving, and answers on until its time is over', async () => {
    const { server, seen, ask } = await start()
    const ending = server.stop(200)
    expect(server.ready).toBe(false)
    expect(await seen()).toMatchObject({ status: 'degraded', reason: 'Draining' })
    expect((await ask('/predict', 'POST')).status).toBe(200)
    expect(await ending).toEqual({ exitCode: 0, reason: 'Completed' })
    await server.close()
    await expect(ask('/livez')).rejects.toThrow('fetch failed')
  })

  it('changes its ways while it runs', async () => {
    const { server, script, seen } = await start()
    const undo = script.add({ server: refusals['digest mismatch'] })
    expect(server.ready).toBe(false)
    expect(await seen()).toMatchObject({ status: 'degraded', reason: 'DigestMismatch' })
    undo()
    expect(await seen()).toMatchObject({ status: 'healthy' })
  })

  it('flaps', async () => {
    const { turns } = await start({ ready: { flapMs: 20 } })
    await until(turns, count => count >= 4, { within: 5, what: 'readiness turned four times', pause: 10 })
  })

  it.each(Object.entries(refusals))('%s: stays alive, and tells why it does not serve', async (_, behaviour) => {
    const { seen, ask } = await start(behaviour)
    expect(await seen()).toMatchObject({ status: 'degraded', ...behaviour.refuses })
    expect((await ask('/livez')).status).toBe(200)
    expect((await ask('/readyz')).status).toBe(503)
    expect((await ask('/predict', 'POST')).status).toBe(503)
  })
})

/** Those whose answers an operator may believe for what they say about the digest, at least the first time. */
const credible = [
  'wrong version',
  'readiness flaps',
  'health flaps',
  'crash loop',
  'healthy, then out of memory',
  'ends with success',
  'healthy, but never ready',
]

describe.concurrent('of a server that misbehaves, the operator', () => {
  it.each(Object.entries(misbehaviours))('%s: is not held up and believes no wrong digest', async (name, behaviour) => {
    const { seen } = await start(behaviour)
    const began = performance.now()
    const health = await seen()
    // Its own limit is 2 s; the slowest answer would take 5.
    expect(performance.now() - began).toBeLessThan(4000)
    expect(health?.status === 'healthy' && health.digest === digest).toBe(credible.includes(name))
  })
})
