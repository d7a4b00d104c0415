import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { processFaults } from '../oracles/processfaults.ts'
import type { Matching } from '../proxy/fault.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { changeTo, untilActedOn, untilNothingMissed } from './acted.ts'
import { furnish, openOperator, openPlane, type Plane, type Watched } from './footing.ts'

let ground: Plane
let watched: Watched

beforeAll(async () => {
  ground = await openPlane()
  await furnish(ground.client, 'throttled', ['iris'])
  watched = await openOperator(ground.plane)
  await untilNothingMissed(ground.client, 30)
}, 900_000)

afterAll(async () => {
  await watched?.stop()
  await ground?.stop()
})

const CHILD = 'horizontalpodautoscalers'
const OWNER = 'inferenceservices'

interface Asked {
  what: string
  on: Matching
  /** Whether a request asks for the same thing. */
  isAlike: (request: RequestRecord) => boolean
}

const following = (verb: 'watch' | 'list'): Asked => ({
  what: `a ${verb}`,
  on: { verb, resource: OWNER },
  isAlike: request => request.verb === verb && request.resource === OWNER,
})

const writing: Asked = {
  what: 'a write',
  on: { changing: true, resource: CHILD },
  isAlike: ({ resource, mutation }) => resource === CHILD && mutation !== undefined,
}

describe('a 429', { timeout: 120_000 }, () => {
  let cpu = 100
  it.each([following('watch'), following('list'), writing].flatMap(asked => [2, 8].map(seconds => ({ ...asked, seconds }))))(
    'to $what that says to wait for $seconds s is obeyed, and not for much longer',
    async ({ what, on, isAlike, seconds }) => {
      const { proxy } = watched
      cpu += 1
      const mark = proxy.requests.length
      if (on.verb === 'list') proxy.inject({ on: { verb: 'watch', resource: OWNER }, act: { kind: 'stream', how: 'gone' } })
      proxy.inject({ on, act: { kind: 'answer', status: 429, retryAfterSeconds: seconds } })
      if (on.verb) await proxy.disconnect()
      await sleep(1500)
      const wish = { namespace: 'throttled', cpu }
      await changeTo(ground.client, wish)
      await untilActedOn(ground.client, wish)
      const alike = proxy.requests.slice(mark).filter(isAlike)
      const [refused, next] = alike.slice(alike.findIndex(({ told }) => told === 429))
      proxy.clear()
      const waited = ((next?.beganAt ?? 0) - (refused?.endedAt ?? 0)) / 1000
      console.info(`▸ ${what}: told to wait for ${seconds} s, waited for ${waited.toFixed(2)} s`)
      expect(refused?.told).toBe(429)
      expect(waited).toBeGreaterThan(seconds - 0.05)
      expect(waited).toBeLessThan(seconds + 5)
    },
  )

  it('is no fault of the process', () => {
    expect(processFaults(watched.operator, { allowed: [/no answer (Unreachable|Timeout)|: 429 /] })).toEqual([])
  })
})
