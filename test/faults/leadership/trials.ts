// All trials of leadership, the long ones included: what a campaign runs and a test has no time for.
import type { Ground } from '../matrix/ground.ts'
import { blockedLoop } from './blockedloop.ts'
import { bothCutOff, leaderCutOff } from './cutoff.ts'
import { failover } from './failover.ts'
import { fairEnd } from './fairend.ts'
import { freezeCycles } from './freezecycles.ts'
import { skewedClock } from './skewedclock.ts'

export interface LeadershipTrials {
  /** One line for each violation. */
  problems: string[]
  /** Worst of all, in seconds: from a signal to the first write of the other; of both cut off, from the return of the leader to the end of its work. */
  seconds: Record<'SIGKILL' | 'SIGTERM' | 'skewed' | 'bothCutOff', number>
  cycles: number
  /** What arrived late in the freeze cycles, by kind and answer. */
  late: Record<string, number>
}

const ASKED_TO_END = 3

/** Times are taken first, while little else runs; the freeze cycles come last, `lanes` pairs at a time. */
export const leadershipTrials = async (
  ground: Ground,
  { cycles, lanes = 8 }: { cycles: number; lanes?: number },
): Promise<LeadershipTrials> => {
  const reference = await fairEnd(ground)
  const ended = []
  for (let round = 0; round < ASKED_TO_END; round += 1) ended.push(await failover(ground, 'SIGTERM', reference))
  const killed = await Promise.all([failover(ground, 'SIGKILL', reference), failover(ground, 'SIGKILL', reference)])
  const skewed = await Promise.all([skewedClock(ground, 'behind', reference), skewedClock(ground, 'ahead', reference)])
  const both = await bothCutOff(ground, reference)
  const others = await Promise.all([blockedLoop(ground, reference), blockedLoop(ground, reference), leaderCutOff(ground, reference)])
  const frozen = await freezeCycles(ground, { count: cycles, lanes, reference })
  return {
    problems: [...[...ended, ...killed, ...skewed, both].flatMap(({ problems }) => problems), ...others.flat(), ...frozen.violations],
    seconds: { SIGTERM: worst(ended), SIGKILL: worst(killed), skewed: worst(skewed), bothCutOff: both.seconds },
    cycles: frozen.cycles,
    late: frozen.late,
  }
}

const worst = (all: readonly { seconds: number }[]): number => Math.max(...all.map(({ seconds }) => seconds))
