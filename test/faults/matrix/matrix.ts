// The crash matrix: every scenario is recorded, every write of it broken in three ways, several namespaces side by side.
import { openGround } from './ground.ts'
import { type Reference, reference } from './recording.ts'
import type { Scenario } from './scenario.ts'
import { moments, type Plan, tryOut, type Verdict } from './trial.ts'

export interface MatrixOptions {
  scenarios: readonly Scenario[]
  /** Namespaces at a time. */
  lanes: number
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

export const runMatrix = async ({ scenarios, lanes, choose = plans => plans, onVerdict }: MatrixOptions): Promise<MatrixResult> => {
  const ground = await openGround()
  try {
    const references = await inLanes(scenarios, Math.ceil(lanes / 2), scenario => reference(ground, scenario))
    const plans = choose(references.flatMap(plansOf))
    let done = 0
    const verdicts = await inLanes(plans, lanes, async plan => {
      const verdict = await tryOut(ground, plan)
      onVerdict?.(verdict, ++done, plans.length)
      return verdict
    })
    return { verdicts, writes: Object.fromEntries(references.map(each => [each.scenario.name, each.writes.length])) }
  } finally {
    await ground.stop()
  }
}

const plansOf = (found: Reference): Plan[] => found.writes.flatMap(write => moments.map(moment => ({ reference: found, write, moment })))

/** So many at a time, in order; the answers stand where their questions stood. */
const inLanes = async <Item, Answer>(items: readonly Item[], lanes: number, work: (item: Item) => Promise<Answer>): Promise<Answer[]> => {
  const answers: Answer[] = []
  const waiting = items.entries()
  const lane = async () => {
    for (const [index, item] of waiting) answers[index] = await work(item)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return answers
}
