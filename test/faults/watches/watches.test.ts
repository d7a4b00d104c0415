import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testClient } from '../../integration/runtime/operate.ts'
import { install } from '../nodes/installation.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { untilNothingMissed } from './acted.ts'
import { killApiServer } from './apikills.ts'
import { disconnectAll } from './away.ts'
import { hangEtcd } from './etcdaway.ts'
import { furnish, openOperator, openPlane, type Plane } from './footing.ts'
import { EXPLAINED, LOUDEST, loudness } from './operatorlog.ts'
import { rotateClientCertificate, rotateToken } from './rotated.ts'
import { renewServingCertificate } from './rotation.ts'
import { storm } from './storm.ts'

const CONVERGE_SECONDS = 15

const SERVICES = ['iris', 'wine', 'rose', 'pine']
const targetsIn = (namespaces: readonly string[]) => namespaces.flatMap(namespace => SERVICES.map(name => ({ namespace, name })))

// Each waits most of the time: side by side they take as long as the longest of them.
describe.concurrent('an operator whose watches break', { timeout: 240_000 }, () => {
  let quiet: Plane

  beforeAll(async () => {
    quiet = await openPlane()
  }, 900_000)

  afterAll(() => quiet?.stop())

  it.each([0, 3000])('goes on when its token is replaced, and the file follows after %i ms', async fileAfterMs => {
    const { refusedFor, actedAfter, faults } = await rotateToken(quiet, fileAfterMs)
    console.info(`▸ token replaced: last refused after ${refusedFor.toFixed(1)} s, a change acted on after ${actedAfter.toFixed(1)} s`)
    expect(refusedFor).toBeLessThan(15)
    expect(actedAfter).toBeLessThan(15)
    expect(faults).toEqual([])
  })

  it('shows its new client certificate soon, and is never without one', async () => {
    const { refusedFor, actedAfter, faults } = await rotateClientCertificate(quiet)
    console.info(`▸ client certificate: shown after ${refusedFor.toFixed(1)} s, a change acted on after ${actedAfter.toFixed(1)} s`)
    expect(refusedFor).toBeLessThan(15)
    expect(actedAfter).toBeLessThan(15)
    expect(faults).toEqual([])
  })

  it('misses nothing of 1,000 changes with 20 cuts, nor of an API server that is killed and comes back with a new certificate', async () => {
    const ground = await openPlane(['garbage-collector-controller'])
    const { plane, client } = ground
    const namespaces = ['east', 'west']
    for (const namespace of namespaces) await furnish(client, namespace, SERVICES)
    const { operator, proxy, stop } = await openOperator(plane)
    try {
      await untilNothingMissed(client, 60)
      const base = proxy.connections()
      const options = { seed: 1, changes: 1000, changesPerSecond: 200, cuts: 20, cutWithinMs: 2500, halfOpen: false }
      const made = await storm(ground, proxy, { ...options, namespaces, services: SERVICES })
      const after = await untilNothingMissed(client, 40)
      const opened = `${proxy.opened()} sockets opened, ${made.mostConnections} at most, ${base} before, ${proxy.connections()} after`
      console.info(
        `${made.changes} changes, ${made.cuts} cuts in ${made.seconds.toFixed(0)} s, all seen ${after.toFixed(1)} s later; ${opened}`,
      )
      expect(made.mostConnections).toBeLessThanOrEqual(base + 40)
      const caughtUp = await disconnectAll(client, proxy, { namespace: 'east', name: 'iris' })
      console.info(`▸ every socket reset: a change right after it is acted on after ${(caughtUp / 1000).toFixed(1)} s`)
      expect(caughtUp).toBeLessThan(5000)
      await renewServingCertificate(plane)
      const killed = await killApiServer(ground, { kills: 2, everySeconds: 2, targets: targetsIn(namespaces) })
      console.info(`▸ API server killed ${killed.kills} times: converged ${killed.convergedAfter.toFixed(1)} s after it was ready`)
      expect(killed.convergedAfter).toBeLessThan(CONVERGE_SECONDS)
      expect(killed.extra).toEqual([])
      expect(loudness(operator.lines).mostPerSecond).toBeLessThan(LOUDEST)
      expect(processFaults(operator, { allowed: EXPLAINED })).toEqual([])
    } finally {
      await stop()
      await ground.stop()
    }
  })

  it('stays the leader, alive and quiet, while etcd hangs for 20 s, and every server answers', async () => {
    const place = await install()
    const client = testClient(place.plane)
    await furnish(client, 'served', SERVICES)
    const { operator, proxy, stop } = await openOperator(place.plane, { env: { TIDEGATE_LEASE: 'default/tidegate' } })
    try {
      await untilNothingMissed(client, 60)
      const { plane } = place
      const away = await hangEtcd({ plane, client, requests: proxy.requests, seconds: 20, targets: targetsIn(['served']) })
      const { busiest, convergedAfter, predictions, failedPredictions } = away
      console.info(
        `etcd away for 20 s: ${predictions} predictions, ${failedPredictions.length} failed; ` +
          `at most ${busiest.perSecond} requests a second for ${busiest.kind}; converged after ${convergedAfter.toFixed(1)} s`,
      )
      expect(failedPredictions).toEqual([])
      expect(busiest.perSecond).toBeLessThanOrEqual(1)
      expect(convergedAfter).toBeLessThan(CONVERGE_SECONDS)
      expect(operator.lines.filter(({ msg }) => msg === 'leading')).toHaveLength(1)
      expect(processFaults(operator, { allowed: EXPLAINED })).toEqual([])
    } finally {
      await stop()
      await client.close()
      await place.stop()
    }
  })
})
