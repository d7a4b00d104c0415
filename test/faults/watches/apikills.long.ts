import { expect, it } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { untilNothingMissed } from './acted.ts'
import { killApiServer } from './apikills.ts'
import { rates } from './away.ts'
import { furnish, openOperator, openPlane } from './footing.ts'
import { interruptions, LOUDEST, loudness } from './operatorlog.ts'

const SERVICES = Array.from({ length: 20 }, (_, index) => `iris-${index}`)
const CUT = [/no answer (Unreachable|Timeout)|: 429 |: 50[034] /]

it('an operator outlives an API server that is killed every 20 s for 5 min under changes', { timeout: 900_000 }, async () => {
  const ground = await openPlane()
  await furnish(ground.client, 'killed', SERVICES)
  const { operator, proxy, stop } = await openOperator(ground.plane)
  try {
    await untilNothingMissed(ground.client, 60)
    const mark = proxy.requests.length
    const targets = SERVICES.map(name => ({ namespace: 'killed', name }))
    const killed = await killApiServer(ground, { kills: 15, everySeconds: 20, targets })
    const [busiest] = rates(proxy.requests.slice(mark), 5)
    console.info(
      `▸ ${killed.kills} kills, ${killed.changes} changes, converged ${killed.convergedAfter.toFixed(1)} s after the last /readyz`,
    )
    console.info('▸ asked for most', busiest, 'log', loudness(operator.lines), 'interruptions', interruptions(operator.lines).length)
    expect(killed.convergedAfter).toBeLessThan(15)
    expect(killed.extra).toEqual([])
    expect(interruptions(operator.lines).length).toBeGreaterThan(0)
    expect(loudness(operator.lines).mostPerSecond).toBeLessThan(LOUDEST)
    expect(processFaults(operator, { allowed: CUT })).toEqual([])
  } finally {
    await stop()
    await ground.stop()
  }
})
