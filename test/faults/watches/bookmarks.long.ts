import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { configMaps } from '../../../operator/controllers/resources.ts'
import { untilActedOn } from './acted.ts'
import { createIn, furnish, openOperator, openPlane } from './footing.ts'
import { interruptions } from './operatorlog.ts'

const OBJECTS = 40
const SECONDS = 250
const ROUND_MS = 800

it('changes of objects that are not ours never make an operator list its own again', { timeout: 600_000 }, async () => {
  const { plane, client, stop: end } = await openPlane()
  await furnish(client, 'busy', ['iris'])
  const names = Array.from({ length: OBJECTS }, (_, index) => `foreign-${index}`)
  for (const name of names) await createIn(client, 'busy')(configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
  const { operator, proxy, stop } = await openOperator(plane)
  try {
    await untilActedOn(client, { namespace: 'busy', cpu: 70 })
    const mark = proxy.requests.length
    let changes = 0
    for (const until = performance.now() + SECONDS * 1000; performance.now() < until; ) {
      const began = performance.now()
      changes += names.length
      await Promise.all(names.map(name => client.merge(configMaps, { namespace: 'busy', name }, { data: { at: String(began) } })))
      await sleep(Math.max(0, ROUND_MS - (performance.now() - began)))
    }
    const asked = proxy.requests.slice(mark)
    const [lists, watches] = ['list', 'watch'].map(verb => asked.filter(request => request.verb === verb).length)
    console.info(`▸ ${changes} changes of others in ${SECONDS} s: ${lists} lists, ${watches} watches, ${proxy.opened()} sockets opened`)
    expect(lists).toBe(0)
    expect(interruptions(operator.lines)).toEqual([])
  } finally {
    await stop()
    await end()
  }
})
