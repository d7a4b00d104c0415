// Decides what a kubelet's status of a pod looks like: phase, conditions and containers that agree with each other.
import type { ContainerState, ObservedCondition, Pod } from '../../../operator/plan/observed.ts'
import type { End } from './program.ts'

export interface Situation {
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
  ready: boolean
  restarts: number
  /** Of the containers; none while no node has taken the pod. */
  state?: ContainerState
  lastState?: ContainerState
  address?: string
  /** Why no node takes it. */
  unscheduled?: string
}

type Status = NonNullable<Pod['status']>

/** Of the conditions, those of others stay. A time moves only with its condition. */
export const podStatus = (pod: Pod, now: Status | undefined, situation: Situation): Status => {
  const { phase, address, state } = situation
  const written = conditions(pod, situation)
  const others = (now?.conditions ?? []).filter(({ type }) => !written.some(each => each.type === type))
  return {
    phase,
    startTime: now?.startTime ?? (state ? stamp() : undefined),
    ...(address && { podIP: address, podIPs: [{ ip: address }] }),
    conditions: [...others, ...written.map(each => timed(each, now?.conditions))],
    ...(state && { containerStatuses: containers(pod, situation) }),
  } as Status
}

/** Kubernetes writes times in whole seconds. */
export const stamp = (): string => `${new Date().toISOString().slice(0, 19)}Z`

export const terminated = (end: End, startedAt: string): ContainerState => ({ terminated: { ...end, startedAt, finishedAt: stamp() } })

const conditions = (pod: Pod, situation: Situation): ObservedCondition[] => {
  const { unscheduled, phase, ready } = situation
  if (unscheduled) return [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: unscheduled }]
  const names = (pod.spec?.containers ?? []).map(({ name }) => name).join(' ')
  const unready = { status: 'False', reason: 'ContainersNotReady', message: `containers with unready status: [${names}]` }
  const over = { Succeeded: 'PodCompleted', Failed: 'PodFailed' } as Record<string, string>
  const ending = over[phase]
  const said = ending ? { status: 'False', reason: ending } : ready ? { status: 'True' } : unready
  return [
    { type: 'Initialized', status: 'True', ...(phase === 'Succeeded' && { reason: 'PodCompleted' }) },
    { type: 'Ready', ...said },
    { type: 'ContainersReady', ...said },
  ]
}

const timed = (condition: ObservedCondition, before: readonly ObservedCondition[] = []): ObservedCondition => {
  const known = before.find(({ type }) => type === condition.type)
  const since = known?.status === condition.status ? known.lastTransitionTime : undefined
  return { ...condition, lastTransitionTime: since ?? stamp() }
}

const containers = (pod: Pod, { ready, restarts, state, lastState }: Situation) =>
  (pod.spec?.containers ?? []).map(({ name, image }) => ({
    name,
    image,
    imageID: image,
    ready,
    started: state?.running !== undefined,
    restartCount: restarts,
    state,
    ...(lastState && { lastState }),
  }))
