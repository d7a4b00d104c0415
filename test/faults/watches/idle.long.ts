import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import { passed, untilSilent } from '../oracles/silence.ts'
import { changeTo, untilActedOn } from './acted.ts'
import { furnish, openOperator, openPlane } from './footing.ts'
import { interruptions } from './operatorlog.ts'

const IDLE_SECONDS = 600

it('after 10 min without a change, an operator acts on one within a second', { timeout: 900_000 }, async () => {
  const { plane, client, stop: end } = await openPlane()
  await furnish(client, 'idle', ['iris'])
  const { operator, proxy, stop } = await openOperator(plane)
  try {
    await untilActedOn(client, { namespace: 'idle', cpu: 70 })
    await untilSilent(passed(proxy.requests), { seconds: 3, within: 60 })
    const mark = proxy.requests.length
    await sleep(IDLE_SECONDS * 1000)
    const meanwhile = proxy.requests.slice(mark)
    await changeTo(client, { namespace: 'idle', cpu: 60 })
    const milliseconds = await untilActedOn(client, { namespace: 'idle', cpu: 60 })
    const lists = meanwhile.filter(({ verb }) => verb === 'list').length
    console.info(`▸ acted on after ${milliseconds.toFixed(0)} ms; meanwhile ${meanwhile.length} requests, ${lists} of them lists`)
    expect(milliseconds).toBeLessThan(1000)
    // Events have no cache in the API server: their history is forgotten every five minutes, and then they are listed.
    expect(lists).toBeLessThanOrEqual(interruptions(operator.lines).length)
    expect(lists).toBeLessThanOrEqual(2)
    expect(meanwhile.filter(({ mutation }) => mutation !== undefined)).toEqual([])
    expect(processFaults(operator)).toEqual([])
  } finally {
    await stop()
    await end()
  }
})
