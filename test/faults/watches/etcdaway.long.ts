import { expect, it } from 'vitest'
import { testClient } from '../../integration/runtime/operate.ts'
import { install } from '../nodes/installation.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { untilNothingMissed } from './acted.ts'
import { hangEtcd } from './etcdaway.ts'
import { furnish, openOperator } from './footing.ts'
import { LOUDEST, loudness } from './operatorlog.ts'

const SERVICES = Array.from({ length: 10 }, (_, index) => `iris-${index}`)
const AWAY = [/no answer (Unreachable|Timeout|NotLeading)|: 429 |: 50[034] /]

it.each([
  ['without election', {}],
  ['as the leader', { TIDEGATE_LEASE: 'default/tidegate' }],
])('while etcd hangs for 5 min, an operator %s asks seldom, lives, and converges', { timeout: 900_000 }, async (_, env) => {
  const place = await install()
  const client = testClient(place.plane)
  await furnish(client, 'served', SERVICES)
  const { operator, proxy, stop } = await openOperator(place.plane, { env })
  try {
    await untilNothingMissed(client, 60)
    const targets = SERVICES.map(name => ({ namespace: 'served', name }))
    const away = await hangEtcd({ plane: place.plane, client, requests: proxy.requests, seconds: 300, targets })
    const { predictions, failedPredictions, busiest, convergedAfter } = away
    console.info(`▸ ${predictions} predictions, ${failedPredictions.length} failed; converged ${convergedAfter.toFixed(1)} s after /readyz`)
    console.info('▸ asked for most', busiest, 'log', loudness(operator.lines))
    expect(failedPredictions).toEqual([])
    expect(busiest.perSecond).toBeLessThanOrEqual(1)
    expect(convergedAfter).toBeLessThan(15)
    expect(loudness(operator.lines).mostPerSecond).toBeLessThan(LOUDEST)
    expect(operator.lines.filter(({ msg }) => msg === 'leading')).toHaveLength(Object.keys(env).length)
    expect(processFaults(operator, { allowed: AWAY })).toEqual([])
  } finally {
    await stop()
    await client.close()
    await place.stop()
  }
})
