// Decides whether the operator acted on a change: the child says what its owner says, and the status has seen it.
import { setTimeout as sleep } from 'node:timers/promises'
import { autoscalers, inferenceServices } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'

/** The percentage that a user asks for, and that the operator hands on to the child: cheap to change and to read. */
export interface Wish {
  namespace: string
  name?: string
  cpu: number
}

export const changeTo = (client: Client, { namespace, name = 'iris', cpu }: Wish): Promise<KubeObject> =>
  client.merge(inferenceServices, { namespace, name }, { spec: { autoscaling: { cpu } } })

interface Autoscaler extends KubeObject {
  spec: { maxReplicas: number; metrics: { resource: { target: { averageUtilization: number } } }[] }
}

const handedOn = (child: KubeObject | undefined): number | undefined =>
  (child as Autoscaler | undefined)?.spec.metrics[0]?.resource.target.averageUtilization

/** All services of these tests answer with version 1. */
const childOf = (service: string): string => `${service}-v1`

const LOOK_MS = 25
/** Many wait side by side, and what one has just read is good for all. */
const FRESH_MS = 40

const reading = new WeakMap<Client, { at: number; children: Promise<Map<string, KubeObject>> }>()

const childrenNow = async (client: Client): Promise<Map<string, KubeObject>> => {
  const last = reading.get(client)
  if (last && performance.now() - last.at < FRESH_MS) return await last.children
  const children = client.list(autoscalers).then(({ items }) => new Map(items.map(child => [nameOf(child), child])))
  reading.set(client, { at: performance.now(), children })
  return await children
}

/** Milliseconds until the child says so; rejects after `within` seconds. */
export const untilActedOn = async (client: Client, { namespace, name = 'iris', cpu }: Wish, within = 60): Promise<number> => {
  const began = performance.now()
  for (;;) {
    // The API server may be away: that is what some tests are about.
    const child = await childrenNow(client).then(
      children => children.get(`${namespace}/${childOf(name)}`),
      () => undefined,
    )
    if (handedOn(child) === cpu) return performance.now() - began
    if (performance.now() - began > within * 1000)
      throw new Error(`${namespace}/${name}: cpu ${cpu} was not handed on within ${within} s; the child says ${handedOn(child)}`)
    await sleep(LOOK_MS)
  }
}

interface Service extends KubeObject {
  spec: { autoscaling: { cpu: number; max: number } }
  status?: { observedGeneration?: number }
}

/** One line for each service whose last change was not acted on, or not seen in its status. */
export const missed = async (client: Client): Promise<string[]> => {
  const [services, children] = await Promise.all([client.list(inferenceServices), client.list(autoscalers)])
  const byName = new Map(children.items.map(child => [nameOf(child), child as Autoscaler]))
  return (services.items as Service[]).flatMap(service => wrong(service, byName.get(childOf(nameOf(service)))))
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`

const wrong = (service: Service, child: Autoscaler | undefined): string[] => {
  const { autoscaling } = service.spec
  const faults = [
    service.status?.observedGeneration !== service.metadata.generation &&
      `generation ${service.metadata.generation}, observed ${service.status?.observedGeneration}`,
    child?.metadata.ownerReferences?.[0]?.uid !== service.metadata.uid && 'no autoscaler of its own',
    child && handedOn(child) !== autoscaling.cpu && `cpu ${autoscaling.cpu}, handed on ${handedOn(child)}`,
    child && child.spec.maxReplicas !== autoscaling.max && `max ${autoscaling.max}, handed on ${child.spec.maxReplicas}`,
  ].filter(fault => fault !== false && fault !== undefined)
  return faults.map(fault => `${nameOf(service)}: ${fault}`)
}

/** Seconds until nothing is missed; what is still missed after `within` seconds is in the error. */
export const untilNothingMissed = async (client: Client, within: number): Promise<number> => {
  const began = performance.now()
  for (;;) {
    const left = await missed(client).catch((error: unknown) => [String(error)])
    const seconds = (performance.now() - began) / 1000
    if (left.length === 0) return seconds
    if (seconds > within) throw new Error(`${left.length} missed after ${within} s:\n${left.slice(0, 20).join('\n')}`)
    await sleep(100)
  }
}
