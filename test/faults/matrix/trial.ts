// One plan: a scenario in which the operator is killed at one write, and what every oracle says of the end.
import { setTimeout as sleep } from 'node:timers/promises'
import { countDifference } from '../oracles/counts.ts'
import { difference } from '../oracles/difference.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { passed, writesDuring } from '../oracles/silence.ts'
import type { Ground } from './ground.ts'
import { begin, outcome, PATIENCE_SECONDS, type Reference, tell, type Write } from './recording.ts'
import { reached } from './scenario.ts'
import { openStage, type Stage } from './stage.ts'

export type Moment = 'before' | 'committed' | 'answered'
export const moments: readonly Moment[] = ['before', 'committed', 'answered']

export interface Plan {
  reference: Reference
  write: Write
  moment: Moment
  /** From the death of the operator to the start of the next one. */
  restartAfterMs: number
}

export interface Verdict {
  plan: string
  /** What the oracles object to; nothing when the plan held. */
  problems: string[]
  /** The write did not come, as one whose number is a matter of timing may not: nothing was killed, and nothing is shown. */
  isMoot?: true
  /** From the kill to the end state. */
  seconds?: number
}

const SILENCE_SECONDS = 5
const LOOK_MS = 250

export const nameOf = ({ reference, write, moment }: Plan): string => `${reference.scenario.name}: killed ${told[moment]} ${tell(write)}`

const told: Record<Moment, string> = { before: 'before', committed: 'without the answer to', answered: 'after' }

/** One whose write did not come is tried once more. */
export const tryOut = async (ground: Ground, plan: Plan): Promise<Verdict> => {
  const verdict = await tryOnce(ground, plan)
  return verdict.isMoot ? await tryOnce(ground, plan) : verdict
}

const tryOnce = async (ground: Ground, plan: Plan): Promise<Verdict> => {
  const stage = await openStage(ground, plan.reference.scenario.name)
  const verdict: Verdict = { plan: nameOf(plan), problems: [] }
  try {
    await carryOut(stage, plan, verdict)
  } catch (error) {
    verdict.problems.push(error instanceof Error ? error.message : String(error))
  } finally {
    await stage.close().catch((error: unknown) => verdict.problems.push(`at the end: ${String(error)}`))
  }
  verdict.problems.push(...stage.operators.flatMap(faultsOf))
  return verdict
}

const faultsOf = ({ process, killed }: Stage['operators'][number]): string[] =>
  processFaults(process, { ended: killed ? { code: null, signal: 'SIGKILL' } : { code: 0, signal: null } })

/** From the start of the first operator to the last word of the oracles; the stage stays as it is then. */
export const carryOut = async (stage: Stage, plan: Plan, verdict: Verdict): Promise<void> => {
  const { scenario } = plan.reference
  const { mark } = await begin(stage, scenario)
  const killed = killAt(stage, plan)
  await scenario.act(stage)
  await reached(() => scenario.done(stage), PATIENCE_SECONDS, 'the end')
  await equalState(stage, plan)
  if (killed.at === undefined) {
    verdict.isMoot = true
    return
  }
  verdict.seconds = (performance.now() - killed.at) / 1000
  await judge(stage, plan, { mark, problems: verdict.problems })
}

interface Killed {
  at?: number
}

const killAt = (stage: Stage, { write, moment, restartAfterMs }: Plan): Killed => {
  const killed: Killed = {}
  const { nth, ...on } = write
  const run = async () => {
    killed.at = performance.now()
    await stage.kill()
    stage.startLater(restartAfterMs)
  }
  stage.proxy.inject({ on, from: nth, act: { kind: 'at', moment, run, cut: true } })
  return killed
}

/** Waits for the end state of the reference; the error says what is still different. */
const equalState = async ({ ground, namespace }: Stage, { reference }: Plan): Promise<void> => {
  const look = () => difference(reference.state, ground.invariants.state(namespace), reference.mask)
  const end = performance.now() + PATIENCE_SECONDS * 1000
  for (let found = look(); found.length > 0; found = look()) {
    if (performance.now() > end) throw new Error(`another end than without faults:\n  ${found.join('\n  ')}`)
    await sleep(LOOK_MS)
  }
}

const judge = async (stage: Stage, { reference }: Plan, { mark, problems }: { mark: number; problems: string[] }): Promise<void> => {
  const { ground, namespace, proxy } = stage
  const noise = await writesDuring(passed(proxy.requests), SILENCE_SECONDS)
  if (noise.length > 0) problems.push(`not at rest: ${noise.join('; ')}`)
  const { state, counts } = await outcome(stage, mark)
  problems.push(...difference(reference.state, state, reference.mask), ...countDifference(reference.counts, counts))
  await ground.invariants.settled()
  const violations = ground.invariants.violations(namespace, reference.scenario.except)
  problems.push(...violations.map(({ invariant, about, told: what }) => `${invariant}: ${about}: ${what}`))
}
