// Broken pods and what is said about them: a cause is broken on purpose, and the seconds from the fact to the status are measured.
import { expect } from 'vitest'
import type { Condition } from '../../operator/api/conditions.ts'
import type { Kubectl } from '../install/kubectl.ts'
import type { Manifest } from './example.ts'
import type { Lookout, Sighted, Sighting } from './lookout.ts'
import { until } from './until.ts'

/** What the issue promises between a fact that Kubernetes shows and the status that repeats it. */
export const PROMISED_SECONDS = 15

export interface Spoken extends Sighted {
  status?: { conditions?: Condition[] }
}

export interface Broken {
  /** The cause in words. */
  cause: string
  namespace: string
  object: Manifest
  /** Which object shows the fact, and how. */
  fact: { kind: string; holds: (object: Sighted) => boolean }
  reason: Condition['reason']
  message: RegExp
}

/** What was measured, for the table at the end. */
export interface Finding {
  cause: string
  object: string
  seconds: number
  reason: string
  message: string
}

/** Waits until fact and status are there, and measures what lies between. */
export const untilTold = async (lookout: Lookout, broken: Broken, within = 120): Promise<Finding> => {
  const { cause, object } = broken
  const { fact, status } = await until(
    () => ({ fact: factOf(lookout, broken), status: statusOf(lookout, broken) }),
    seen => seen.fact !== undefined && seen.status !== undefined,
    { within, what: `${cause}: ${object.kind} ${object.metadata.name} says ${broken.reason}` },
  )
  const said = condition(status?.object)
  return {
    cause,
    object: `${object.kind} ${object.metadata.name}`,
    seconds: Math.max(0, ((status?.at ?? 0) - (fact?.at ?? 0)) / 1000),
    reason: said?.reason ?? '',
    message: said?.message ?? '',
  }
}

const factOf = (lookout: Lookout, { namespace, object, fact }: Broken): Sighting | undefined =>
  lookout.first(fact.kind, each => isOf(each, namespace, object.metadata.name) && fact.holds(each))

const statusOf = (lookout: Lookout, { namespace, object, reason, message }: Broken): Sighting<Spoken> | undefined =>
  lookout
    .story<Spoken>(object.kind, namespace, object.metadata.name)
    .find(seen => condition(seen.object)?.reason === reason && message.test(condition(seen.object)?.message ?? ''))

/** The reasons that stood in the status since its first word about the cause, without repetitions: more than one is a status that flaps. */
export const reasonsSince = (lookout: Lookout, broken: Broken): string[] => {
  const { object, namespace } = broken
  const told = statusOf(lookout, broken)
  const story = lookout.story<Spoken>(object.kind, namespace, object.metadata.name).filter(({ at }) => told && at >= told.at)
  const reasons = story.map(seen => condition(seen.object)?.reason ?? 'none')
  return reasons.filter((reason, index) => reason !== reasons[index - 1])
}

/** Broken pods that go on breaking would disturb the next test file: they go before the namespace does. */
export const clear = async (kubectl: Kubectl): Promise<void> => {
  await kubectl('delete', 'trainingjobs,inferenceservices', '--all')
  await kubectl('delete', 'jobs,deployments', '--all')
  await kubectl('delete', 'pods', '--all', '--now', '--timeout=60s')
}

const condition = (object: Spoken | undefined): Condition | undefined => object?.status?.conditions?.find(each => each.type === 'Ready')

/** Children are called after the object that they belong to; an Event is about one of them. */
const isOf = (child: Sighted, namespace: string, name: string): boolean => {
  const about = (child['involvedObject'] as { name?: string } | undefined)?.name ?? child.metadata.name
  return child.metadata.namespace === namespace && (about === name || about.startsWith(`${name}-`))
}

interface ContainerState {
  waiting?: { reason?: string }
  terminated?: { reason?: string; exitCode?: number }
}

interface PodLike extends Sighted {
  status?: {
    phase?: string
    reason?: string
    conditions?: { type: string; status: string; reason?: string; message?: string }[]
    containerStatuses?: { state?: ContainerState; lastState?: ContainerState }[]
  }
}

const pod = (holds: (status: NonNullable<PodLike['status']>) => boolean): Broken['fact'] => ({
  kind: 'Pod',
  holds: object => holds((object as PodLike).status ?? {}),
})

const container = (holds: (state: ContainerState) => boolean): Broken['fact'] =>
  pod(status => (status.containerStatuses ?? []).some(({ state, lastState }) => holds(state ?? {}) || holds(lastState ?? {})))

/** The facts as Kubernetes shows them first. */
export const fact = {
  imagePull: container(({ waiting }) => waiting?.reason === 'ErrImagePull' || waiting?.reason === 'ImagePullBackOff'),
  exited: container(({ terminated }) => terminated !== undefined && terminated.exitCode !== 0),
  killedForMemory: container(({ terminated }) => terminated?.reason === 'OOMKilled'),
  unscheduled: pod(({ conditions = [] }) => conditions.some(({ type, status }) => type === 'PodScheduled' && status === 'False')),
  evicted: pod(({ reason }) => reason === 'Evicted'),
  disrupted: pod(({ conditions = [] }) => conditions.some(({ type, status }) => type === 'DisruptionTarget' && status === 'True')),
  refused: { kind: 'Event', holds: (object: Sighted) => object['reason'] === 'FailedCreate' },
  late: {
    kind: 'Job',
    holds: (object: Sighted) =>
      ((object['status'] as PodLike['status'])?.conditions ?? []).some(
        ({ type, reason }) => type === 'FailureTarget' && reason === 'DeadlineExceeded',
      ),
  },
} satisfies Record<string, Broken['fact']>

/** All of them for one `kubectl apply`. */
export const listOf = (cases: readonly Broken[]): object => ({
  apiVersion: 'v1',
  kind: 'List',
  items: cases.map(({ namespace, object }) => ({ ...object, metadata: { ...object.metadata, namespace } })),
})

/** Judges a finding and keeps it for the table. */
export const judged = (finding: Finding, findings: Finding[]): void => {
  findings.push(finding)
  expect(finding.seconds, `${finding.object}: seconds from the fact to the status`).toBeLessThanOrEqual(PROMISED_SECONDS)
}

export const tableOf = (findings: readonly Finding[]): string =>
  findings
    .map(
      ({ cause, object, seconds, reason, message }) =>
        `${seconds.toFixed(1).padStart(5)} s  ${cause} (${object})\n         ${reason}: ${message}`,
    )
    .join('\n')
