// What server pods say about themselves: each container is asked until it is healthy and ready, and then believed until it restarts.
import { ServerHealth } from '../api/bundle.ts'
import { port } from '../api/contract.ts'
import type { Pod } from '../plan/observed.ts'
import { isReady } from '../plan/pods/ready.ts'
import { ask } from './ask.ts'

interface Known {
  instance: string
  health: ServerHealth
}

export interface HealthBook {
  /** Answers by the uid of the pod; a pod that does not answer is left out. */
  of: (service: string, pods: readonly Pod[]) => Promise<Map<string, ServerHealth>>
  /** A service that is gone is forgotten. */
  forget: (service: string) => void
}

export const createHealthBook = (): HealthBook => {
  const books = new Map<string, Map<string, Known>>()
  const of = async (service: string, pods: readonly Pod[]): Promise<Map<string, ServerHealth>> => {
    const before = books.get(service)
    const found = await Promise.all(pods.map(pod => healthOf(pod, before?.get(uidOf(pod)))))
    const after = new Map(found.filter(each => each !== undefined))
    books.set(service, after)
    return new Map([...after].map(([uid, { health }]) => [uid, health]))
  }
  return { of, forget: service => void books.delete(service) }
}

const uidOf = (pod: Pod) => pod.metadata.uid ?? ''

/** A digest cannot change while a container runs, so an answer that was good is good until the next start. */
const healthOf = async (pod: Pod, known: Known | undefined): Promise<readonly [string, Known] | undefined> => {
  const address = pod.status?.podIP
  const instance = instanceOf(pod)
  if (!address || !instance || pod.metadata.deletionTimestamp) return undefined
  if (known?.instance === instance && known.health.status === 'healthy' && isReady(pod)) return [uidOf(pod), known]
  const told = await ask({ address, port: port.http, path: '/health', schema: ServerHealth, statuses: [200, 503] })
  return 'value' in told ? [uidOf(pod), { instance, health: told.value }] : undefined
}

const instanceOf = (pod: Pod): string | undefined => {
  const server = pod.status?.containerStatuses?.find(container => container.name === 'server')
  return server?.state?.running && `${server.restartCount ?? 0}@${server.state.running.startedAt ?? ''}`
}
