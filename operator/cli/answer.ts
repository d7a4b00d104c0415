// Decides how long a Decision is watched, and what its answer means for the one who made it.
import type { Decision } from '../api/decision.ts'
import { decisions } from '../controllers/resources.ts'
import { pause } from '../runtime/clock.ts'
import { causeOf } from '../runtime/errors.ts'
import type { Cluster } from './cluster.ts'
import { Failure } from './failure.ts'
import { plain } from './table.ts'

const firstPauseMs = 50
const longestPauseMs = 1000
/** A word without an outcome may be followed by one at once: a vote that completes a count. */
const settleMs = 2000

/** The Decision as it was last seen: answered, waiting for something that it names, or neither in time. */
export const awaited = async (cluster: Cluster, created: Decision, waitMs: number): Promise<Decision> => {
  const { clock } = cluster
  let until = clock.monotonic() + waitMs
  let seen = created
  for (let wait = firstPauseMs; !seen.status?.outcome && clock.monotonic() < until; wait = Math.min(wait * 2, longestPauseMs)) {
    await pause(clock, Math.min(wait, until - clock.monotonic()))
    const before = seen.status?.message
    seen = await look(cluster, created)
    if (seen.status?.message && seen.status.message !== before) until = Math.min(until, clock.monotonic() + settleMs)
  }
  return seen
}

const look = async ({ client, namespace }: Cluster, { metadata: { name, uid } }: Decision): Promise<Decision> => {
  const found = await client.get(decisions, { namespace, name }).catch((error: unknown) => {
    throw new Failure(`decision ${name} was made, but its answer cannot be read: ${causeOf(error)}`)
  })
  if (found?.metadata.uid === uid) return found as unknown as Decision
  throw new Failure(`decision ${name} was made, and deleted by somebody before it was answered`)
}

export interface Verdict {
  exitCode: 0 | 1
  line: string
}

export const verdictOf = ({ metadata, spec, status }: Decision, waitMs: number): Verdict => {
  const version = spec.version === undefined ? '' : `-v${spec.version}`
  const what = `${spec.action} ${spec.model}${version} for ${spec.stage}`
  const say = (exitCode: 0 | 1, words: string): Verdict => ({ exitCode, line: plain(`${what}: ${words} (decision ${metadata.name})`) })
  const message = status?.message ? `: ${status.message}` : ''
  if (status?.outcome) return say(status.outcome === 'Applied' ? 0 : 1, `${status.outcome.toLowerCase()}${message}`)
  if (message) return say(0, `counted, and waits${message}`)
  if (waitMs === 0) return say(0, 'made; not waited for')
  return say(1, `no answer within ${waitMs / 1000} s: the decision stands, and the operator answers when it runs`)
}
