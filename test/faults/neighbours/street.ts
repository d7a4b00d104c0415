// Two namespaces under one operator: in one live healthy services, in the other whatever disturbs them.
import { setTimeout as sleep } from 'node:timers/promises'
import { autoscalers, inferenceServices } from '../../../operator/controllers/resources.ts'
import type { Client } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { silentLog } from '../../../operator/runtime/log.ts'
import { Reflector } from '../../../operator/runtime/reflector.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { Store } from '../../../operator/runtime/store.ts'
import { claim, nowhere, openModel, service, version } from '../../e2e/handmade.ts'
import { testClient } from '../../integration/runtime/operate.ts'
import { reached, says } from '../matrix/scenario.ts'
import { type Installation, install } from '../nodes/installation.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'

export const BAD = 'bad-neighbours'
export const GOOD = 'good-neighbours'

export interface Street {
  place: Installation
  operator: OperatorProcess
  client: Client
  stop: () => Promise<void>
}

/** How many healthy services take turns in being changed: each has long been at rest when its turn comes. */
const HOUSES = 5
const houses = Array.from({ length: HOUSES }, (_, index) => `good-${index}`)

export const openStreet = async (): Promise<Street> => {
  const place = await install()
  const client = testClient(place.plane)
  for (const namespace of [GOOD, BAD]) {
    await place.kubectl()('create', 'namespace', namespace)
    const items = [claim('bundles'), openModel('iris'), version('iris', 1, nowhere('bundles'))]
    await place.kubectl(namespace).apply({ apiVersion: 'v1', kind: 'List', items })
  }
  const operator = await startOperator({ kubeconfig: place.plane.kubeconfig })
  await operator.ready()
  await place.kubectl(GOOD).apply({ apiVersion: 'v1', kind: 'List', items: houses.map(name => service(name, 'iris')) })
  const areReady = async () => {
    const found = await Promise.all(houses.map(name => client.get(inferenceServices, { namespace: GOOD, name })))
    return found.every(each => says(each))
  }
  await reached(areReady, 60, 'the healthy services are ready')
  const stop = async () => {
    await client.close()
    await operator.stop()
    await place.stop()
  }
  const street = { place, operator, client, stop }
  // The first change of each child takes more requests than any later one.
  await reactions(street, { seconds: 2 })
  return street
}

/** Changes of one service that were not seen yet, the oldest first: the maximum asked for, and when. */
type Pending = { most: number; at: number }[]

const mostOf = (object: KubeObject | undefined): number | undefined =>
  (object?.['spec'] as { maxReplicas?: number } | undefined)?.maxReplicas

export interface Reaction {
  /** Milliseconds from each change of a healthy service to the write of its autoscaler. */
  reacted: number[]
  /** Milliseconds that each change itself took: what the API server and this machine are good for at that time. */
  asked: number[]
}

/** At so many changes a second. */
export const reactions = async (
  { client }: Street,
  { seconds, perSecond = 5 }: { seconds: number; perSecond?: number },
): Promise<Reaction> => {
  const pending = new Map<string, Pending>(houses.map(name => [`${name}-v1`, []]))
  const [seen, asked]: [number[], number[]] = [[], []]
  const hear = ({ now }: { now?: KubeObject }) => {
    const waiting = pending.get(now?.metadata.name ?? '') ?? []
    // What came later answers what came before it, too.
    const index = waiting.findIndex(({ most }) => most === mostOf(now))
    for (const { at } of waiting.splice(0, index + 1)) seen.push(performance.now() - at)
  }
  const follower = await follow(client, hear)
  const began = performance.now()
  for (let change = 0; change < seconds * perSecond; change++) {
    await sleep(Math.max(0, began + (change * 1000) / perSecond - performance.now()))
    const name = houses[change % HOUSES] as string
    const most = nextMost()
    const at = performance.now()
    pending.get(`${name}-v1`)?.push({ most, at })
    await client.merge(inferenceServices, { namespace: GOOD, name }, { spec: { autoscaling: { max: most } } })
    asked.push(performance.now() - at)
  }
  try {
    await reached(async () => seen.length === seconds * perSecond, 60, `${seconds * perSecond} changes are acted on`)
  } finally {
    await follower.stop()
  }
  return { reacted: seen, asked }
}

const follow = async (client: Client, hear: (change: { now?: KubeObject }) => void): Promise<Reflector> => {
  const store = new Store()
  const reflector = new Reflector({
    client,
    resource: autoscalers,
    selection: { namespace: GOOD },
    store,
    clock: systemClock,
    log: silentLog,
  })
  reflector.start()
  await reflector.synced()
  store.subscribe(hear)
  return reflector
}

/** Another one each time. */
let last = 0
const nextMost = (): number => (last++ % 90) + 2

export const percentile = (times: readonly number[], share: number): number => {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0
}

/** So much two measurements of the same may differ. */
const NOISE_MS = 20

export interface Comparison {
  /** Whether the 99th percentile is at most twice as long as alone. */
  held: boolean
  /** Whether it is at most twice as long as alone on an API server that is as slow as this one was at that time. */
  heldByOperator: boolean
  told: string
}

/** On a machine that the API server shares with its clients, a busy neighbour slows down every request; that is not the operator's doing. */
export const compare = (alone: Reaction, beside: Reaction): Comparison => {
  const slower = Math.max(1, percentile(beside.asked, 0.5) / percentile(alone.asked, 0.5))
  const [before, now] = [percentile(alone.reacted, 0.99), percentile(beside.reacted, 0.99)]
  return {
    held: now <= 2 * before + NOISE_MS,
    heldByOperator: now <= 2 * before * slower + NOISE_MS,
    told: `alone: ${told(alone)}; beside: ${told(beside)}`,
  }
}

const told = ({ reacted, asked }: Reaction): string =>
  `p50 ${percentile(reacted, 0.5).toFixed(0)} ms, p99 ${percentile(reacted, 0.99).toFixed(0)} ms of ${reacted.length} (a request alone: p50 ${percentile(asked, 0.5).toFixed(0)} ms, p99 ${percentile(asked, 0.99).toFixed(0)} ms)`
