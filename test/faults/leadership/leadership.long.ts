import { expect, test } from 'vitest'
import { openGround } from '../matrix/ground.ts'
import { leadershipTrials } from './trials.ts'

const CYCLES = 50

test('of two operators that are killed, ended, frozen, blocked, skewed and cut off, one works at a time', async () => {
  const ground = await openGround()
  try {
    const { problems, seconds, cycles, late } = await leadershipTrials(ground, { cycles: CYCLES })
    console.log(`▸ first write of the other, worst: ${JSON.stringify(seconds)}`)
    console.log(`▸ ${cycles} freeze cycles; what arrived late: ${JSON.stringify(late)}`)
    expect(problems).toEqual([])
    expect(cycles).toBe(CYCLES)
    expect(seconds.SIGKILL).toBeLessThanOrEqual(20)
    expect(seconds.SIGTERM).toBeLessThanOrEqual(3)
  } finally {
    await ground.stop()
  }
})
