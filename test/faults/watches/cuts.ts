// Plans a number of cuts of random sorts at random times: the n-th watch that is opened from now on meets the n-th of them.
import { until } from '../../e2e/until.ts'
import type { StreamFault } from '../proxy/fault.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'
import { randomFrom } from '../proxy/random.ts'

export interface CutOptions {
  seed: number
  cuts: number
  cutWithinMs: number
  halfOpen: boolean
}

export interface Cuts {
  struck: () => number
  /** Resolves when every cut has struck and the watches are open again. */
  over: () => Promise<void>
}

const SORTS: readonly StreamFault[] = [
  'reset',
  'close',
  'truncated',
  'error-410',
  'error-500',
  'gone',
  'duplicated',
  'dribble',
  'half-open',
]
/** After these a watch lives on, one of them until its next event. */
const HARMLESS: readonly StreamFault[] = ['duplicated', 'dribble', 'truncated']
/** It is found after 30 s. */
const HALF_OPEN_SECONDS = 35

/** Ends the watches that run, so that the first of each kind meets a cut, too. */
export const plannedCuts = (proxy: FaultProxy, { seed, cuts, cutWithinMs, halfOpen }: CutOptions): Cuts => {
  const random = randomFrom(seed + 1)
  const sorts = halfOpen ? SORTS : SORTS.filter(how => how !== 'half-open')
  let struck = 0
  for (let number = 1; number <= cuts; number++) {
    const how = sorts[Math.floor(random() * sorts.length)] ?? 'reset'
    const afterMilliseconds = how === 'gone' ? 0 : Math.ceil(random() * cutWithinMs)
    const on = { verb: 'watch' } as const
    proxy.inject({ on, from: number, act: { kind: 'stream', how, afterMilliseconds } })
    // What was cut must be cut again in the end, or the number of cuts would run out before the watches do.
    if (HARMLESS.includes(how))
      proxy.inject({ on, from: number, act: { kind: 'stream', how: 'reset', afterMilliseconds: afterMilliseconds + 500 } })
  }
  const mark = proxy.requests.length
  void proxy.disconnect()
  const opened = () => proxy.requests.slice(mark).filter(request => request.verb === 'watch')
  return {
    struck: () => struck,
    async over() {
      const within = 60 + HALF_OPEN_SECONDS + (cuts * cutWithinMs) / 1000
      await until(
        () => opened().length,
        count => count > cuts,
        { within, what: `more than ${cuts} watches were opened` },
      )
      const cut = () => opened().slice(0, cuts)
      await until(
        () => cut().filter(({ endedAt }) => endedAt === undefined).length,
        left => left === 0,
        { within, what: 'every cut struck' },
      )
      struck = cut().length
      proxy.clear()
    },
  }
}
