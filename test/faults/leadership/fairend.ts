// The state in which the user's work ends when nothing goes wrong, and in what another end differs from it.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import type { Stage } from '../matrix/stage.ts'
import { openStage } from '../matrix/stage.ts'
import { difference } from '../oracles/difference.ts'
import { passed, untilSilent } from '../oracles/silence.ts'
import { type State, snapshot } from '../oracles/state.ts'
import { finish, finished, prepare, startWork } from './work.ts'

export interface FairEnd {
  state: State
  /** What differs between two runs without faults. */
  mask: ReadonlySet<string>
}

const WORK_MS = 4000
export const PATIENCE_SECONDS = 60

/** How often something was changed on the way, which is another number each time. */
const BY_THE_WAY = / metadata\.generation$| metadata\.annotations\.deployment\.kubernetes\.io\/revision$|^ReplicaSets\(/

export const fairEnd = async (ground: Ground): Promise<FairEnd> => {
  const [one, other] = await Promise.all([undisturbed(ground), undisturbed(ground)])
  return { state: one, mask: new Set(differing(one, other).map(line => line.slice(0, line.indexOf(': ')))) }
}

const undisturbed = async (ground: Ground): Promise<State> => {
  const stage = await openStage(ground, 'undisturbed')
  try {
    await stage.start()
    await prepare(stage)
    const work = startWork(stage)
    await sleep(WORK_MS)
    await work.stop()
    await finish(stage)
    await reached(() => finished(stage), PATIENCE_SECONDS, 'the end without faults')
    await untilSilent(passed(stage.proxy.requests), { seconds: 1.5, within: 30 })
    return await stateOf(stage)
  } finally {
    await stage.close()
  }
}

const stateOf = ({ ground, namespace }: Stage): Promise<State> => snapshot(ground.reader, { namespace, gone: ground.invariants.names })

const differing = (one: State, other: State, mask?: ReadonlySet<string>): string[] =>
  difference(one, other, mask).filter(line => !BY_THE_WAY.test(line.slice(0, line.indexOf(': '))))

const SETTLE_MS = 20_000

/** Waits for that end; one line for each field that does not come to be as it would be. */
export const untilFair = async (stage: Stage, { state, mask }: FairEnd): Promise<string[]> => {
  for (const end = performance.now() + SETTLE_MS; ; await sleep(250)) {
    const found = differing(state, await stateOf(stage), mask)
    if (found.length === 0 || performance.now() > end) return found.map(line => `another end than without faults: ${line}`)
  }
}
