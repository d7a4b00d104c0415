// A leader ends, in order or without a word, in the middle of its work; how long until the other one writes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import { type FairEnd, untilFair } from './fairend.ts'
import { closeAndJudge, openPair } from './pair.ts'
import { firstWrite, secondsBetween, tenuresOf } from './tenure.ts'
import { finish, finished, prepare, startWork } from './work.ts'

export interface Failover {
  /** From the signal to the first write of the other. */
  seconds: number
  problems: string[]
}

const BUSY_MS = 2000
const PATIENCE_SECONDS = 60

export const failover = async (ground: Ground, signal: 'SIGKILL' | 'SIGTERM', reference: FairEnd): Promise<Failover> => {
  const pair = await openPair(ground, 'failover')
  const { stage, leader, standby } = pair
  await prepare(stage)
  const work = startWork(stage)
  await sleep(BUSY_MS)
  if (signal === 'SIGKILL') leader.expect({ code: null, signal })
  const at = new Date().toISOString()
  leader.process.signal(signal)
  await reached(() => standby.leads(), PATIENCE_SECONDS, 'the standby leads')
  // Something is left to do when it comes, whatever the first one got done.
  await sleep(BUSY_MS)
  await work.stop()
  await finish(stage)
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the new leader has done the work')
  const problems = await untilFair(stage, reference)
  const writes = await pair.writes()
  const tenure = tenuresOf(writes).find(({ user }) => user === standby.user)
  const first = tenure && firstWrite(writes, tenure)
  return {
    seconds: first ? secondsBetween(at, first.at) : Number.POSITIVE_INFINITY,
    problems: [...problems, ...(await closeAndJudge(pair))],
  }
}
