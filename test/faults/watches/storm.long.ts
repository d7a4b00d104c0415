import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { footprint, grown } from '../oracles/footprint.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { untilNothingMissed } from './acted.ts'
import { furnish, openOperator, openPlane } from './footing.ts'
import { LOUDEST, loudness } from './operatorlog.ts'
import { storm } from './storm.ts'

const NAMESPACES = ['north', 'east', 'south', 'west']
const SERVICES = Array.from({ length: 15 }, (_, index) => `iris-${index}`)
const CUT = [/no answer (Unreachable|Timeout)/]
const MEBIBYTE = 1024 * 1024
const GROWTH = { heapBytes: 8 * MEBIBYTE, connections: 4, files: 4 }

it('an operator misses nothing of 20,000 changes with 200 cuts, and holds on to nothing', { timeout: 1_800_000 }, async () => {
  const ground = await openPlane(['garbage-collector-controller'])
  for (const namespace of NAMESPACES) await furnish(ground.client, namespace, SERVICES)
  const { operator, proxy, stop } = await openOperator(ground.plane)
  const options = { seed: 1, changesPerSecond: 100, cutWithinMs: 30_000, halfOpen: true, namespaces: NAMESPACES, services: SERVICES }
  try {
    await untilNothingMissed(ground.client, 60)
    // The base is that of an operator that has worked.
    await storm(ground, proxy, { ...options, changes: 500, cuts: 20, cutWithinMs: 1000, halfOpen: false })
    await untilNothingMissed(ground.client, 60)
    const base = await footprint(operator)
    const [sockets, opened] = [proxy.connections(), proxy.opened()]
    const made = await storm(ground, proxy, { ...options, changes: 20_000, cuts: 200 })
    const seen = await untilNothingMissed(ground.client, 60)
    await sleep(35_000)
    const now = await footprint(operator)
    console.info(`▸ ${made.changes} changes, ${made.cuts} cuts in ${made.seconds.toFixed(0)} s, all seen ${seen.toFixed(1)} s later`)
    console.info(
      `sockets: ${sockets} before, ${made.mostConnections} at most, ${proxy.connections()} after, ${proxy.opened() - opened} opened`,
    )
    console.info('▸ before', base, 'after', now, 'log', loudness(operator.lines))
    expect(made.cuts).toBe(200)
    expect(made.mostConnections).toBeLessThanOrEqual(sockets + 40)
    expect(grown(base, now, GROWTH)).toEqual([])
    expect(loudness(operator.lines).mostPerSecond).toBeLessThan(LOUDEST)
    expect(processFaults(operator, { allowed: CUT })).toEqual([])
  } finally {
    await stop()
    await ground.stop()
  }
})
