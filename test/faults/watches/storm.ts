// Many changes of many sorts while watches are cut at random: what is done when, and how, comes from the seed.
import { setTimeout as sleep } from 'node:timers/promises'
import { autoscalers, inferenceServices, services } from '../../../operator/controllers/resources.ts'
import { isAlreadyExists, isConflict, isNotFound } from '../../../operator/runtime/errors.ts'
import { service } from '../../e2e/handmade.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'
import { randomFrom } from '../proxy/random.ts'
import { plannedCuts } from './cuts.ts'
import { createIn, type Plane } from './footing.ts'

export interface StormOptions {
  seed: number
  changes: number
  changesPerSecond: number
  cuts: number
  /** The longest that a watch lives before it is cut. */
  cutWithinMs: number
  namespaces: readonly string[]
  services: readonly string[]
  /** Without them a storm is over sooner. */
  halfOpen: boolean
}

export interface Storm {
  changes: number
  cuts: number
  seconds: number
  mostConnections: number
}

type Random = () => number
type Change = (target: { namespace: string; name: string }, random: Random) => Promise<unknown>

/** Until all changes are made and all cuts have struck. */
export const storm = async ({ client }: Plane, proxy: FaultProxy, options: StormOptions): Promise<Storm> => {
  const began = performance.now()
  const cuts = plannedCuts(proxy, options)
  const gauge = gaugeOf(proxy)
  const random = randomFrom(options.seed)
  const changes = changesOf(client)
  const running = new Set<Promise<unknown>>()
  for (let made = 0; made < options.changes; made++) {
    const target = { namespace: oneOf(options.namespaces, random), name: oneOf(options.services, random) }
    const change = changes[Math.floor(random() ** 2 * changes.length)] ?? changes[0]
    const doing = lenient(change?.(target, random)).finally(() => running.delete(doing))
    running.add(doing)
    const due = began + (made * 1000) / options.changesPerSecond
    if (due > performance.now()) await sleep(due - performance.now())
    while (running.size > 16) await Promise.race(running)
  }
  await Promise.all(running)
  await cuts.over()
  return { changes: options.changes, cuts: cuts.struck(), seconds: (performance.now() - began) / 1000, mostConnections: gauge() }
}

const oneOf = <Item>(items: readonly Item[], random: Random): Item => items[Math.floor(random() * items.length)] as Item

/** Two changes of one object may meet; what is refused then was no change. */
const lenient = async (doing: Promise<unknown> | undefined): Promise<void> => {
  try {
    await doing
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error) && !isAlreadyExists(error)) throw error
  }
}

/** The more usual come first. */
const changesOf = (client: Plane['client']): Change[] => {
  const percent = (random: Random) => 1 + Math.floor(random() * 1000)
  const spoil = (max: number) => ({ spec: { maxReplicas: max } })
  return [
    (target, random) => client.merge(inferenceServices, target, { spec: { autoscaling: { cpu: percent(random) } } }),
    (target, random) => client.merge(inferenceServices, target, { spec: { autoscaling: { max: 2 + Math.floor(random() * 90) } } }),
    // Somebody meddles with what is the operator's.
    ({ namespace, name }, random) => client.merge(autoscalers, { namespace, name: `${name}-v1` }, spoil(100 + Math.floor(random() * 100))),
    async ({ namespace, name }, random) => {
      const kind = random() < 0.5 ? autoscalers : services
      const child = await client.get(kind, { namespace, name: `${name}-v1` })
      if (child) await client.remove(kind, child)
    },
    async target => {
      const object = await client.get(inferenceServices, target)
      if (object) await client.remove(inferenceServices, object)
      await createIn(client, target.namespace)(inferenceServices, service(target.name, 'iris'))
    },
  ]
}

/** The most sockets at any moment, asked for at the end. */
const gaugeOf = (proxy: FaultProxy): (() => number) => {
  let most = 0
  const timer = setInterval(() => {
    most = Math.max(most, proxy.connections())
  }, 20)
  return () => {
    clearInterval(timer)
    return most
  }
}
