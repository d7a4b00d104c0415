// A leader is frozen at a write, another takes over, the late write arrives, the first one wakes up; again and again, several pairs at a time.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import { compared } from '../oracles/kinds.ts'
import { passed, untilSilent } from '../oracles/silence.ts'
import type { Matching } from '../proxy/fault.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { type FairEnd, PATIENCE_SECONDS, untilFair } from './fairend.ts'
import { type Freeze, freezeAt, type Late, type Moment } from './freeze.ts'
import { closeAndJudge, openPair, type Pair } from './pair.ts'
import { finish, finished, prepare, startWork } from './work.ts'

export interface FreezeOutcome {
  cycles: number
  violations: string[]
  /** Requests that reached the API server when another led already, by what they were and how they were answered. */
  late: Record<string, number>
}

interface Plan {
  moment: Moment
  on: Matching
}

const FROZEN_SECONDS = 25
const BUSY_MS = 1500
/** Some writes do not come in every cycle: then it is frozen at whatever it does. */
const WAIT_FOR_WRITE_MS = 5000

/** Every kind of write at which a leader may be stopped; most of them before it is done, which is the sharp case. */
const plans: readonly Plan[] = [
  { moment: 'before', on: { resource: 'inferenceservices', subresource: 'status' } },
  { moment: 'before', on: { resource: 'deployments', verb: 'apply' } },
  { moment: 'before', on: { resource: 'horizontalpodautoscalers', verb: 'apply' } },
  { moment: 'before', on: { resource: 'ingresses', verb: 'create' } },
  { moment: 'committed', on: { resource: 'deployments', verb: 'apply' } },
  { moment: 'before', on: { resource: 'ingresses', verb: 'delete' } },
  { moment: 'before', on: { resource: 'ingresses', verb: 'apply' } },
  { moment: 'answered', on: {} },
  { moment: 'before', on: { resource: 'deployments', subresource: 'scale' } },
  { moment: 'before', on: {} },
]

export interface FreezeOptions {
  count: number
  reference: FairEnd
  /** Pairs at a time. */
  lanes?: number
}

/** Violations are lines; none is what is wanted. */
export const freezeCycles = async (ground: Ground, { count, reference, lanes = 6 }: FreezeOptions): Promise<FreezeOutcome> => {
  const outcome: FreezeOutcome = { cycles: 0, violations: [], late: {} }
  const queue = Array.from({ length: count }, (_, index) => plans[index % plans.length] as Plan).values()
  const lane = async () => {
    const pair = await openPair(ground, 'freeze')
    const late: Late[] = []
    try {
      await prepare(pair.stage)
      for (const plan of queue) {
        const { problems, held } = await cycle(pair, plan, reference)
        late.push(...held)
        outcome.cycles += 1
        outcome.violations.push(...problems.map(problem => `${told(plan)}: ${problem}`))
      }
    } catch (error) {
      outcome.violations.push(`the cycle broke off: ${String(error)}`)
    }
    outcome.violations.push(...(await closeAndJudge(pair, late)))
    countIn(outcome, late)
  }
  await Promise.all(Array.from({ length: Math.min(count, lanes) }, lane))
  return outcome
}

const cycle = async (pair: Pair, plan: Plan, reference: FairEnd): Promise<{ problems: string[]; held: Late[] }> => {
  const { stage, leader, standby } = pair
  const work = startWork(stage)
  await sleep(BUSY_MS)
  const freeze = freezeAt(leader, { ...plan, read: reader(pair) })
  const since = await frozen(freeze)
  await reached(() => standby.leads(), FROZEN_SECONDS, 'the standby leads')
  await work.stop()
  await finish(stage)
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the new leader has done the work')
  await sleep(Math.max(0, since + FROZEN_SECONDS * 1000 - performance.now()))
  const held = await freeze.release()
  await wake(pair)
  await untilSilent(() => passed(standby.proxy.requests.filter(isNoLease))(), { seconds: 1.5, within: 30 })
  const problems = await untilFair(stage, reference)
  await leader.start()
  pair.exchange()
  return { problems, held }
}

const isNoLease = ({ resource }: RequestRecord): boolean => resource !== 'leases'

const frozen = async (freeze: Freeze): Promise<number> => {
  const timer = setTimeout(() => freeze.now(), WAIT_FOR_WRITE_MS)
  await freeze.frozen
  clearTimeout(timer)
  return performance.now()
}

/** It must find out by itself that it leads no more. */
const wake = async ({ leader }: Pair): Promise<void> => {
  leader.expect({ code: 1, signal: null })
  leader.process.signal('SIGCONT')
  await reached(async () => leader.process.end() !== undefined, 15, 'the operator that woke up has ended')
}

const reader =
  ({ stage }: Pair) =>
  async ({ resource, name = '' }: RequestRecord) => {
    const kind = compared.find(({ plural }) => plural === resource)
    return kind && (await stage.get(kind, name))
  }

const told = ({ moment, on }: Plan): string =>
  `frozen ${moment} ${[on.verb, on.resource, on.subresource].filter(Boolean).join(' ') || 'any write'}`

const countIn = (outcome: FreezeOutcome, late: readonly Late[]): void => {
  for (const { record } of late) {
    const what = [record.verb, record.resource, record.subresource, record.status ?? 'never sent'].filter(Boolean).join(' ')
    outcome.late[what] = (outcome.late[what] ?? 0) + 1
  }
}
