// Two operators whose calendars are hours apart, and one of whose runs fast: times in a Lease are never compared with a clock of one's own.
import { setTimeout as sleep } from 'node:timers/promises'
import { leases, specOf } from '../../../operator/runtime/lease.ts'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import { LEASE } from './contender.ts'
import { type FairEnd, PATIENCE_SECONDS, untilFair } from './fairend.ts'
import { closeAndJudge, openPair, type Pair } from './pair.ts'
import { firstWrite, secondsBetween, tenuresOf } from './tenure.ts'
import { finish, finished, prepare, startWork } from './work.ts'

const HOUR_MS = 3_600_000
/** Two durations of the Lease: a standby that believed a calendar would have taken it by then. */
const WATCHED_MS = 32_000

interface Skew {
  offsetMs: number
  /** Seconds that pass on its calendar in one second. */
  speed: number
}

export interface SkewOutcome {
  /** From the death of the leader to the first write of the other. */
  seconds: number
  problems: string[]
}

/** The leader is an hour behind, the standby an hour ahead and twice as fast; or the other way round. */
export const skewedClock = async (ground: Ground, leaderIs: 'behind' | 'ahead', reference: FairEnd): Promise<SkewOutcome> => {
  const behind = { offsetMs: -HOUR_MS, speed: 1 }
  const ahead = { offsetMs: HOUR_MS, speed: 2 }
  const [first, second] = leaderIs === 'behind' ? [behind, ahead] : [ahead, behind]
  const pair = await openPair(ground, 'skewed', [flags(first), flags(second)])
  const { stage, leader, standby } = pair
  await prepare(stage)
  const work = startWork(stage)
  await sleep(WATCHED_MS)
  const problems = [
    ...(await unskewed(pair, first)),
    ...((await leader.leads()) ? [] : ['the standby took a lease that was renewed all the time']),
  ]
  leader.expect({ code: null, signal: 'SIGKILL' })
  const at = new Date().toISOString()
  leader.process.signal('SIGKILL')
  await reached(() => standby.leads(), PATIENCE_SECONDS, 'the standby leads')
  await work.stop()
  await finish(stage)
  await reached(() => finished(stage), PATIENCE_SECONDS, 'the new leader has done the work')
  problems.push(...(await untilFair(stage, reference)))
  const writes = await pair.writes()
  const tenure = tenuresOf(writes).find(({ user }) => user === standby.user)
  const began = tenure && firstWrite(writes, tenure)
  problems.push(...(await closeAndJudge(pair)))
  return { seconds: began ? secondsBetween(at, began.at) : Number.POSITIVE_INFINITY, problems }
}

/** The calendar alone: certificates, timers and the monotonic clock are the machine's. */
const flags = ({ offsetMs, speed }: Skew): string[] => {
  const program = `
    const Real = Date, began = Real.now()
    const now = () => Math.round(began + ${offsetMs} + (Real.now() - began) * ${speed})
    globalThis.Date = class Date extends Real {
      constructor(...given) { given.length === 0 ? super(now()) : super(...given) }
      static now() { return now() }
    }`
  return ['--import', `data:text/javascript,${encodeURIComponent(program)}`]
}

/** Without a skew that shows in the Lease nothing would have been tried. */
const unskewed = async ({ stage }: Pair, { offsetMs }: Skew): Promise<string[]> => {
  const lease = await stage.get(leases, LEASE)
  const apart = Date.parse((lease && specOf(lease).renewTime) ?? '') - Date.now()
  return Math.abs(apart) > Math.abs(offsetMs) / 2 ? [] : [`the lease was to be written an hour off, and is ${apart / 1000} s off`]
}
