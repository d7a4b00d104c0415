// What server pods say about themselves: each container is asked until its answer is the one that its pod was made for.
import { ServerHealth } from '../api/bundle.ts'
import { port, serverEnv } from '../api/contract.ts'
import type { Pod } from '../plan/observed.ts'
import { isReady } from '../plan/pods/ready.ts'
import { createAnswers } from './answers.ts'
import { ask, type Told } from './ask.ts'

/** What a pod said, or why its answer is worth nothing. */
export type Heard = Told<ServerHealth>

export interface HealthBook {
  /** Answers by the uid of the pod, for pods whose server runs; undefined while one of them has never been heard: nobody can tell yet. */
  of: (service: string, pods: readonly Pod[]) => Map<string, Heard> | undefined
  /** A service that is gone is forgotten. */
  forget: (service: string) => void
}

/** `onNews` is told the service for which an answer came that differs from the one before. */
export const createHealthBook = (onNews: (service: string) => void, againAfterMs = 1000): HealthBook => {
  const answers = createAnswers({ question, onNews, againAfterMs })
  const of = (service: string, pods: readonly Pod[]): Map<string, Heard> | undefined => {
    const running = pods.flatMap(pod => runningIn(pod) ?? [])
    answers.keep(
      service,
      running.map(({ pod }) => pod),
    )
    const heard = running.map(({ pod, about }) => {
      const isFinal = (told: Heard) => isAsHoped(pod, told)
      return [pod.metadata.uid ?? '', answers.of({ key: service, pod, about, isFinal })] as const
    })
    return heard.every(isHeard) ? new Map(heard) : undefined
  }
  return { of, forget: answers.forget }
}

const isHeard = (entry: readonly [string, Heard | undefined]): entry is readonly [string, Heard] => entry[1] !== undefined

const question = (pod: Pod): Promise<Heard> =>
  ask({ address: pod.status?.podIP ?? '', port: port.http, path: '/health', schema: ServerHealth, statuses: [200, 503] })

/** A digest cannot change while a container runs, so the answer that was hoped for is good until the next start. A pod that says less is asked again. */
const isAsHoped = (pod: Pod, heard: Heard): boolean =>
  'value' in heard && heard.value.status === 'healthy' && isReady(pod) && heard.value.digest === digestFor(pod)

const digestFor = (pod: Pod): string | undefined =>
  containerOf(pod.spec?.containers)?.env?.find(variable => variable.name === serverEnv.digest)?.value

/** Another start of the container, or another verdict of the kubelet about it, is another thing to ask about. */
const runningIn = (pod: Pod): { pod: Pod; about: string } | undefined => {
  const server = containerOf(pod.status?.containerStatuses)
  if (!pod.status?.podIP || !server?.state?.running || pod.metadata.deletionTimestamp) return undefined
  return { pod, about: `${server.restartCount ?? 0}@${server.state.running.startedAt ?? ''} ${isReady(pod)}` }
}

const containerOf = <Container extends { name: string }>(containers: readonly Container[] = []): Container | undefined =>
  containers.find(({ name }) => name === 'server')
