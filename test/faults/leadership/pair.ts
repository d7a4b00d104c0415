// Two operators, one Lease, one namespace with work for whoever leads.
import type { Write } from '../../cluster/auditlog.ts'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import { openStage, type Stage } from '../matrix/stage.ts'
import { type Contender, openContender } from './contender.ts'
import type { Late } from './freeze.ts'
import { type Party, verdict } from './judge.ts'

export interface Pair {
  ground: Ground
  /** The user's side of it; its own proxy and operator are not used. */
  stage: Stage
  leader: Contender
  standby: Contender
  /** Everything that the two wrote, or tried to. */
  writes(): Promise<Write[]>
  /** The leader becomes the standby and the other way round. */
  exchange(): void
  /** Ends both; answers what was wrong with their processes. */
  close(): Promise<string[]>
}

/** Flags of Node for the first leader and for the first standby. */
export type PairFlags = readonly [string[], string[]]

export const openPair = async (ground: Ground, title: string, [first, second]: PairFlags = [[], []]): Promise<Pair> => {
  const mark = ground.audit.mark()
  const stage = await openStage(ground, title)
  const { namespace } = stage
  const leader = await openContender(ground, { name: 'a', namespace, flags: first })
  const standby = await openContender(ground, { name: 'b', namespace, flags: second })
  const both = [leader, standby]
  const users = both.map(({ user }) => user)
  const pair: Pair = {
    ground,
    stage,
    leader,
    standby,
    writes: () => ground.audit.writesSince(mark, ({ user }) => users.includes(user)),
    exchange() {
      const { leader: before } = pair
      pair.leader = pair.standby
      pair.standby = before
    },
    async close() {
      await Promise.all(both.map(each => each.close()))
      await stage.close()
      return both.flatMap(each => each.faults())
    },
  }
  await leader.start()
  await reached(() => leader.leads(), 20, 'the first operator leads')
  await standby.start()
  return pair
}

const partiesOf = ({ leader, standby }: Pair): Party[] => [leader, standby].map(({ user, proxy }) => ({ user, requests: proxy.requests }))

/** Ends both, and answers what either did that it must not, and what its user noticed. */
export const closeAndJudge = async (pair: Pair, late: readonly Late[] = []): Promise<string[]> => {
  const { ground, stage } = pair
  const found = verdict({ writes: await pair.writes(), parties: partiesOf(pair), late })
  await ground.invariants.settled()
  const broken = ground.invariants.violations(stage.namespace).map(({ invariant, about, told }) => `${invariant}: ${about}: ${told}`)
  return [...found, ...broken, ...(await pair.close())]
}
