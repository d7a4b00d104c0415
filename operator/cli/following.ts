// Makes a TrainingJob that only checks rows, follows it to its end, and removes it, whatever happens meanwhile.
//
//   answered, out of time, or a signal        we delete it
//   we are killed once its pod was seen       it goes with its Job, which Kubernetes forgets an hour after its end
//   we are killed before                      the next validation in the namespace deletes it, a day later
import { label } from '../api/contract.ts'
import type { TrainingJob } from '../api/trainingjob.ts'
import { jobs, trainingJobs } from '../controllers/resources.ts'
import { pause } from '../runtime/clock.ts'
import { causeOf, isNotFound, isRefused } from '../runtime/errors.ts'
import type { KubeObject } from '../runtime/shape.ts'
import type { Cluster } from './cluster.ts'
import { Failure } from './failure.ts'
import { listen } from './interrupt.ts'
import { type Outcome, outcomeOf, standing, timedOut } from './validation.ts'

const POLL_MS = 500
const ABANDONED_AFTER_MS = 86_400_000

export interface Watching {
  cluster: Cluster
  waitMs: number
  tell: (line: string) => void
}

export const follow = async (watching: Watching, wanted: KubeObject): Promise<Outcome> => {
  const { cluster, tell } = watching
  const { signal, stop } = listen()
  try {
    const created = await cluster.client.create(trainingJobs, wanted)
    try {
      return await ended(watching, created, signal)
    } finally {
      await remove(cluster, created).catch((error: unknown) => tell(leftBehind(created, error)))
    }
  } finally {
    stop()
  }
}

const ended = async ({ cluster, waitMs, tell }: Watching, created: KubeObject, signal: AbortSignal): Promise<Outcome> => {
  const until = cluster.clock.monotonic() + waitMs
  // Nobody is told that what was made this moment is not done yet.
  let told = 'Pending'
  let isTied = false
  for (;;) {
    signal.throwIfAborted()
    const seen = await look(cluster, created)
    const outcome = outcomeOf(seen)
    if (outcome) return outcome
    if (!isTied) isTied = await tied(cluster, seen)
    const { reason, message } = standing(seen)
    if (cluster.clock.monotonic() >= until) return timedOut(waitMs, `${reason}: ${message}`)
    if (reason !== told) tell(`${reason}: ${message}`)
    told = reason
    await pause(cluster.clock, POLL_MS, signal)
  }
}

const look = async ({ client }: Cluster, { metadata: { namespace, name, uid } }: KubeObject): Promise<TrainingJob> => {
  const found = await client.get(trainingJobs, { namespace, name })
  if (found && found.metadata.uid === uid && !found.metadata.deletionTimestamp) return found as unknown as TrainingJob
  throw new Failure(`trainingjob ${name} was deleted by somebody before it was answered`)
}

/** Its Job becomes its owner, too: what is left of a command that was killed is collected with it. Answers whether there was a Job. */
const tied = async ({ client }: Cluster, { metadata: { namespace, name }, status }: TrainingJob): Promise<boolean> => {
  const run = status?.runs?.[0]
  if (!run?.jobUid) return false
  const { apiVersion, kind } = jobs
  const ownerReferences = [{ apiVersion, kind, name: `${name}-run-${run.number}`, uid: run.jobUid }]
  await client.merge(trainingJobs, { namespace, name }, { metadata: { ownerReferences } }).catch(ignoreRefusal)
  return true
}

/** Who may not do that waits for the answer all the same. */
const ignoreRefusal = (error: unknown): void => {
  if (!isRefused(error) && !isNotFound(error)) throw error
}

const remove = async ({ client }: Cluster, object: KubeObject): Promise<void> => {
  await client.remove(trainingJobs, object).catch((error: unknown) => {
    if (!isNotFound(error)) throw error
  })
}

const leftBehind = ({ metadata: { name, namespace } }: KubeObject, error: unknown): string =>
  `trainingjob ${name} could not be deleted (${causeOf(error)}): kubectl delete trainingjob ${name} -n ${namespace}`

/** What killed commands left in the namespace; who may not look or delete leaves it to others. */
export const sweep = async (cluster: Cluster): Promise<void> => {
  const { client, namespace, clock } = cluster
  const isAbandoned = ({ metadata }: KubeObject): boolean =>
    clock.now().getTime() - Date.parse(metadata.creationTimestamp ?? '') > ABANDONED_AFTER_MS
  try {
    const { items } = await client.list(trainingJobs, { namespace, labelSelector: label.validates })
    for (const object of items.filter(isAbandoned)) await remove(cluster, object)
  } catch (error) {
    ignoreRefusal(error)
  }
}
