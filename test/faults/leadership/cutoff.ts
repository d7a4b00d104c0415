// The API server is out of reach: for the leader alone, which must give way, or for both, and then nobody may take over.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import type { Contender } from './contender.ts'
import { type FairEnd, PATIENCE_SECONDS, untilFair } from './fairend.ts'
import { closeAndJudge, openPair } from './pair.ts'
import { finish, finished, prepare, startWork, wish } from './work.ts'

const BUSY_MS = 2500
const AWAY_MS = 20_000
/** The standby hears from the API server again so much earlier than the leader, which makes it the harder case. */
const EARLIER_MS = 3000
const END_SECONDS = 15

/** Connections break, and new requests are never answered. */
const cutOff = async ({ proxy }: Contender): Promise<() => void> => {
  const back = proxy.inject({ on: {}, times: Number.POSITIVE_INFINITY, act: { kind: 'cut', moment: 'before', how: 'hang' } })
  await proxy.disconnect()
  return back
}

/** One line for each violation. */
export const leaderCutOff = async (ground: Ground, reference: FairEnd): Promise<string[]> => {
  const pair = await openPair(ground, 'cutoff')
  const { stage, leader, standby } = pair
  await prepare(stage)
  const work = startWork(stage)
  await sleep(BUSY_MS)
  const back = await cutOff(leader)
  const until = performance.now() + AWAY_MS
  await reached(() => standby.leads(), AWAY_MS / 1000, 'the standby leads')
  await sleep(until - performance.now())
  leader.expect({ code: 1, signal: null })
  back()
  await reached(async () => leader.process.end() !== undefined, END_SECONDS, 'the operator that was cut off has ended')
  await work.stop()
  await finish(stage)
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the new leader has done the work')
  return [...(await untilFair(stage, reference)), ...(await closeAndJudge(pair))]
}

export interface CutOffOutcome {
  /** From when the leader could reach the API server again until its work was done. */
  seconds: number
  problems: string[]
}

export const bothCutOff = async (ground: Ground, reference: FairEnd): Promise<CutOffOutcome> => {
  const pair = await openPair(ground, 'both-cutoff')
  const { stage, leader, standby } = pair
  await prepare(stage)
  const work = startWork(stage)
  await sleep(BUSY_MS)
  const [leaderBack, standbyBack] = await Promise.all([cutOff(leader), cutOff(standby)])
  await sleep(AWAY_MS)
  await work.stop()
  await wish(stage)
  standbyBack()
  await sleep(EARLIER_MS)
  leaderBack()
  const from = performance.now()
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the work is done')
  const seconds = (performance.now() - from) / 1000
  const problems = (await leader.leads()) ? [] : ['the standby took over, though the leader lived']
  problems.push(...(await untilFair(stage, reference)))
  return { seconds, problems: [...problems, ...(await closeAndJudge(pair))] }
}
