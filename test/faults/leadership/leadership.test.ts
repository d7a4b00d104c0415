// Two real operators and one Lease with its real times: whoever ends, is frozen or is cut off, one works at a time.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Ground, openGround } from '../matrix/ground.ts'
import { leaderCutOff } from './cutoff.ts'
import { failover } from './failover.ts'
import { type FairEnd, fairEnd } from './fairend.ts'
import { freezeCycles } from './freezecycles.ts'

let ground: Ground
let reference: FairEnd
beforeAll(async () => {
  ground = await openGround()
  reference = await fairEnd(ground)
})
afterAll(async () => await ground?.stop())

test('of two operators the second writes at most 3 s after the first was asked to end, and does all the work', async () => {
  const { seconds, problems } = await failover(ground, 'SIGTERM', reference)
  console.log(`▸ first write ${seconds.toFixed(1)} s after SIGTERM`)
  expect(problems).toEqual([])
  expect(seconds).toBeLessThanOrEqual(3)
})

/** Side by side: all of them wait for a Lease of 15 s most of the time. */
describe.concurrent('of two operators', () => {
  test('the second writes at most 20 s after the first was killed, and does all the work', async () => {
    const { seconds, problems } = await failover(ground, 'SIGKILL', reference)
    console.log(`▸ first write ${seconds.toFixed(1)} s after SIGKILL`)
    expect(problems).toEqual([])
    expect(seconds).toBeLessThanOrEqual(20)
  })

  test('the first, frozen in the middle of a write, does no harm when it wakes up', async () => {
    const { violations, cycles, late } = await freezeCycles(ground, { count: 1, reference })
    console.log(`late: ${JSON.stringify(late)}`)
    expect(violations).toEqual([])
    expect(cycles).toBe(1)
    expect(Object.keys(late)).not.toEqual([])
  })

  test('the first gives way when it alone cannot reach the API server', async () => {
    expect(await leaderCutOff(ground, reference)).toEqual([])
  })
})
