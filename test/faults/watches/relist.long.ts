import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { models } from '../../../operator/controllers/resources.ts'
import { openModel } from '../../e2e/handmade.ts'
import { until } from '../../e2e/until.ts'
import { compact } from '../../integration/runtime/compact.ts'
import { processFaults } from '../oracles/processfaults.ts'
import type { Action } from '../proxy/fault.ts'
import { untilNothingMissed } from './acted.ts'
import { createIn, furnish, openOperator, openPlane, type Plane, type Watched } from './footing.ts'

/** Three pages of 500. */
const MODELS = 1100
const NAMESPACE = 'many'
const CUT = [/no answer (Unreachable|Timeout)|: 429 |: 50[034] /]

let ground: Plane
let watched: Watched

beforeAll(async () => {
  ground = await openPlane()
  await furnish(ground.client, NAMESPACE, ['iris'])
  const create = createIn(ground.client, NAMESPACE)
  for (let at = 0; at < MODELS; at += 50)
    await Promise.all(Array.from({ length: 50 }, (_, index) => create(models, openModel(`model-${at + index}`))))
  watched = await openOperator(ground.plane)
  await untilNothingMissed(ground.client, 30)
  await Promise.all(Array.from({ length: 5 }, (_, index) => untilSeen(`model-${index * 200}`)))
}, 900_000)

afterAll(async () => {
  await watched?.stop()
  await ground?.stop()
})

const untilSeen = async (name: string): Promise<number> => {
  const began = performance.now()
  await until(
    () => ground.client.get(models, { namespace: NAMESPACE, name }),
    model => (model?.['status'] as { observedGeneration?: number } | undefined)?.observedGeneration === model?.metadata.generation,
    { within: 60, what: `the last change of ${name} is seen`, pause: 20 },
  )
  return (performance.now() - began) / 1000
}

let changes = 0

const change = (name: string) => {
  changes += 1
  return ground.client.merge(models, { namespace: NAMESPACE, name }, { spec: { stages: [{ name: `Stage${changes}` }] } })
}

const listsOf = (resource: string, mark: number) =>
  watched.proxy.requests
    .slice(mark)
    .filter(request => request.verb === 'list' && request.resource === resource && !request.path.includes('continue='))

const expired = (resource: string, from: number) =>
  watched.operator.lines
    .slice(from)
    .filter(line => line['msg'] === 'watch interrupted' && line['resource'] === resource && /: 410 |Expired/.test(String(line['cause'])))

describe('a kind with more objects than one page of a list holds', { timeout: 300_000 }, () => {
  const secondPage: [string, Action][] = [
    ['410, for the token has expired', { kind: 'answer', status: 410, reason: 'Expired' }],
    ['500', { kind: 'answer', status: 500 }],
    ['429', { kind: 'answer', status: 429, retryAfterSeconds: 1 }],
    ['a reset', { kind: 'cut', moment: 'committed', how: 'reset' }],
  ]
  it.each(secondPage)('is whole again soon when the second page is %s', async (_, act) => {
    const { proxy, operator } = watched
    const [mark, said] = [proxy.requests.length, operator.lines.length]
    proxy.inject({ on: { verb: 'watch', resource: 'models' }, act: { kind: 'stream', how: 'gone' } })
    proxy.inject({ on: { verb: 'list', resource: 'models' }, from: 2, act })
    await proxy.disconnect()
    await until(
      () => listsOf('models', mark).length,
      count => count > 0,
      { within: 20, what: 'it is listed', pause: 10 },
    )
    await change('model-700')
    const seconds = await untilSeen('model-700')
    const lists = listsOf('models', mark).length
    console.info(`▸ acted on after ${seconds.toFixed(2)} s, lists begun: ${lists}, told 410: ${expired('models', said).length}`)
    expect(seconds).toBeLessThan(5)
    expect(lists).toBeLessThanOrEqual(expired('models', said).length)
    proxy.clear()
  })
})

describe('a history that was forgotten', { timeout: 300_000 }, () => {
  it('costs each kind one list, and nothing is missed', async () => {
    const { proxy, operator } = watched
    const { plane } = ground
    await sleep(1000)
    const [mark, said] = [proxy.requests.length, operator.lines.length]
    await plane.stopPart('kube-apiserver')
    await plane.startPart('kube-apiserver')
    for (let index = 0; index < 20; index++) await change(`model-${index}`)
    await compact(plane)
    await change('model-900')
    const seconds = await untilSeen('model-900')
    for (let index = 0; index < 20; index++) await untilSeen(`model-${index}`)
    await sleep(5000)
    const kinds = [...new Set(proxy.requests.slice(mark).map(({ resource }) => resource))]
    const lists = kinds.map(kind => ({ kind, lists: listsOf(kind, mark).length, expired: expired(kind, said).length }))
    console.info(`▸ acted on after ${seconds.toFixed(2)} s; lists: ${lists.map(each => `${each.kind} ${each.lists}`).join(', ')}`)
    expect(seconds).toBeLessThan(15)
    expect(lists.filter(each => each.lists > 1 || each.lists > each.expired)).toEqual([])
    expect(processFaults(operator, { allowed: CUT })).toEqual([])
  })
})
