import { afterEach, beforeEach, expect, it } from 'vitest'
import { difference } from '../oracles/difference.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { passed, writesDuring } from '../oracles/silence.ts'
import { type State, snapshot } from '../oracles/state.ts'
import { type Ground, openGround } from './ground.ts'
import { inLanes } from './lanes.ts'
import { type Reference, reference } from './recording.ts'
import { scenarios } from './scenarios/all.ts'
import { openStage, type Stage } from './stage.ts'
import { carryOut, nameOf, type Plan, type Verdict } from './trial.ts'

const LANES = 5
const MINUTES = 10

let ground: Ground
let stages: Stage[] = []

beforeEach(async () => {
  ground = await openGround()
}, 900_000)

afterEach(async () => {
  await Promise.all(stages.map(stage => stage.close()))
  stages = []
  await ground.stop()
}, 120_000)

/** Killed without the answer to its last write, when it has done the most; nothing for a scenario in which nothing is to be written. */
const lastWriteOf = (found: Reference): Plan[] =>
  found.writes.slice(-1).map(write => ({ reference: found, write, moment: 'committed', restartAfterMs: 500 }))

interface Ended {
  plan: Plan
  stage: Stage
  verdict: Verdict
}

const play = async (plan: Plan): Promise<Ended> => {
  const stage = await openStage(ground, plan.reference.scenario.name)
  stages.push(stage)
  const verdict: Verdict = { plan: nameOf(plan), problems: [] }
  await carryOut(stage, plan, verdict)
  return { plan, stage, verdict }
}

const stateOf = ({ namespace }: Stage): Promise<State> => snapshot(ground.reader, { namespace, gone: ground.invariants.names })

/** What changed or was written in one namespace while nobody asked for anything. */
const unrest = async ({ plan, stage }: Ended): Promise<string[]> => {
  const before = await stateOf(stage)
  const written = await writesDuring(passed(stage.proxy.requests), MINUTES * 60)
  const changed = difference(before, await stateOf(stage), plan.reference.mask)
  const violations = ground.invariants.violations(stage.namespace, plan.reference.scenario.except)
  return [
    ...written,
    ...changed,
    ...processFaults(stage.operator),
    ...violations.map(({ invariant, about, told }) => `${invariant}: ${about}: ${told}`),
  ].map(what => `${plan.reference.scenario.name}: ${what}`)
}

it('the operators of all scenarios, each killed once, write nothing for ten minutes after the end', async () => {
  const plans = (await inLanes(scenarios, LANES, scenario => reference(ground, scenario))).flatMap(lastWriteOf)
  const ended = await inLanes(plans, LANES, play)
  expect(ended.flatMap(({ verdict }) => verdict.problems)).toEqual([])
  const told = await Promise.all(ended.map(unrest))
  console.log(`▸ ${ended.length} operators, ${MINUTES} minutes: ${told.flat().length} writes, changes and violations`)
  expect(told.flat()).toEqual([])
}, 1_800_000)
