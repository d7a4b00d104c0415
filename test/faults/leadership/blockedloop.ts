// A leader whose event loop stands still for longer than its Lease, in the middle of its work: as frozen, but it wakes up inside its own code.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import { openInspector } from '../operator/inspector.ts'
import { type FairEnd, PATIENCE_SECONDS, untilFair } from './fairend.ts'
import { closeAndJudge, openPair } from './pair.ts'
import { finish, finished, prepare, startWork } from './work.ts'

const BUSY_MS = 2500
const BLOCKED_SECONDS = 25

/** Sleeps without a processor, and lets nothing else run. */
const STAND_STILL = `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ${BLOCKED_SECONDS * 1000})`

/** One line for each violation. */
export const blockedLoop = async (ground: Ground, reference: FairEnd): Promise<string[]> => {
  const pair = await openPair(ground, 'blocked')
  const { stage, leader, standby } = pair
  await prepare(stage)
  const work = startWork(stage)
  await sleep(BUSY_MS)
  leader.expect({ code: 1, signal: null })
  const inspector = await openInspector(leader.process)
  inspector.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression: STAND_STILL } }))
  await reached(() => standby.leads(), BLOCKED_SECONDS, 'the standby leads')
  // The process waits for whoever inspects it when it exits.
  inspector.close()
  await reached(async () => leader.process.end() !== undefined, BLOCKED_SECONDS, 'the operator that stood still has ended')
  await work.stop()
  await finish(stage)
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the new leader has done the work')
  return [...(await untilFair(stage, reference)), ...(await closeAndJudge(pair))]
}
