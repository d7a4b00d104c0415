// One story that happens twice: without faults, and with an operator that was shown the past in its middle.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { begin, outcome, type Reference } from '../matrix/recording.ts'
import { reached } from '../matrix/scenario.ts'
import { openStage, type Stage } from '../matrix/stage.ts'
import { countDifference } from '../oracles/counts.ts'
import { difference } from '../oracles/difference.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { passed, untilSilent } from '../oracles/silence.ts'

export interface StaleTrial {
  stage: Stage
  reference: Reference
  mark: number
}

/** The scenario's beginning, at rest. */
export const openTrial = async (ground: Ground, reference: Reference): Promise<StaleTrial> => {
  const stage = await openStage(ground, `stale-${reference.scenario.name}`)
  const { mark } = await begin(stage, reference.scenario)
  return { stage, reference, mark }
}

const PATIENCE_SECONDS = 40
const REST = { seconds: 2, within: 40 }
/** What an operator says that cannot reach its API server, or is told the past. */
const TROUBLE = [/did not answer in time|cannot be reached|request timed out|Timeout/]

/** What the oracles object to at the end, once what is true can be seen again. */
export const problemsOf = async ({ stage, reference, mark }: StaleTrial): Promise<string[]> => {
  const { scenario, state, counts, mask } = reference
  const { ground, namespace, proxy } = stage
  await reached(() => scenario.done(stage), PATIENCE_SECONDS, `${scenario.name}, once the operator sees what is`)
  await untilSilent(passed(proxy.requests), REST)
  const look = async () => difference(state, (await outcome(stage, mark)).state, mask)
  for (const end = performance.now() + 15_000; (await look()).length > 0 && performance.now() < end; ) await sleep(250)
  await ground.invariants.settled()
  return [
    ...(await look()),
    ...countDifference(counts, (await outcome(stage, mark)).counts),
    ...ground.invariants.violations(namespace, scenario.except).map(({ invariant, about, told }) => `${invariant}: ${about}: ${told}`),
    ...stage.operators.flatMap(({ process, killed }) =>
      processFaults(process, { allowed: TROUBLE, ...(killed && { ended: { code: null, signal: 'SIGKILL' as const } }) }),
    ),
  ]
}
