// The crash matrix: every scenario is recorded, every write of it broken in three ways, several namespaces side by side.
import { randomFrom } from '../proxy/random.ts'
import { type Ground, openGround } from './ground.ts'
import { inLanes } from './lanes.ts'
import { type Reference, reference } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { moments, type Plan, tryOut, type Verdict } from './trial.ts'

export interface MatrixOptions {
  scenarios: readonly Scenario[]
  /** Namespaces at a time. */
  lanes: number
  /** Decides how long no operator runs after each kill. */
  seed?: number
  /** Which of all plans to try; default: all. */
  choose?: (plans: readonly Plan[]) => readonly Plan[]
  /** Told of each verdict as it comes. */
  onVerdict?: (verdict: Verdict, done: number, all: number) => void
}

export interface MatrixResult {
  verdicts: Verdict[]
  /** Writes by scenario. */
  writes: Record<string, number>
}

export const runMatrix = async ({
  scenarios,
  lanes,
  seed = 1,
  choose = plans => plans,
  onVerdict,
}: MatrixOptions): Promise<MatrixResult> => {
  const ground = await openGround()
  try {
    const recorded = await inLanes(scenarios, Math.ceil(lanes / 2), scenario => recordedOrNot(ground, scenario))
    const references = recorded.filter(each => 'writes' in each)
    const random = randomFrom(seed)
    const plans = choose(references.flatMap(each => plansOf(each, random)))
    const unrecorded = recorded.filter(each => 'plan' in each)
    let done = 0
    const tried = await inLanes(plans, lanes, async plan => {
      const verdict = await tryOut(ground, plan)
      onVerdict?.(verdict, ++done, plans.length)
      return verdict
    })
    return {
      verdicts: [...unrecorded, ...tried],
      writes: Object.fromEntries(references.map(each => [each.scenario.name, each.writes.length])),
    }
  } finally {
    await ground.stop()
  }
}

/** A scenario that does not even end without faults fails as a whole, and keeps no other from being tried. */
const recordedOrNot = async (ground: Ground, scenario: Scenario): Promise<Reference | Verdict> => {
  try {
    return await reference(ground, scenario)
  } catch (error) {
    return { plan: `${scenario.name}: without faults`, problems: [error instanceof Error ? error.message : String(error)] }
  }
}

const LONGEST_ABSENCE_MS = 2000

const plansOf = (found: Reference, random: () => number): Plan[] =>
  found.writes.flatMap(write =>
    moments.map(moment => ({ reference: found, write, moment, restartAfterMs: Math.floor(random() * LONGEST_ABSENCE_MS) })),
  )
