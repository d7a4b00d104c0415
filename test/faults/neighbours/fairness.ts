// Hundreds of objects of one namespace that fail in every pass and never stop changing, beside a healthy namespace.
import { setTimeout as sleep } from 'node:timers/promises'
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { ResourceRef } from '../../../operator/runtime/shape.ts'
import { service } from '../../e2e/handmade.ts'
import { reached } from '../matrix/scenario.ts'
import { BAD, type Reaction, reactions, type Street } from './street.ts'

export interface FairnessOptions {
  /** Objects that fail; default 500. */
  bad?: number
  /** Changes of them a second; default 20. */
  changes?: number
  /** How long the healthy ones are measured with them, and in all without them; default 20. */
  seconds?: number
}

export interface Fairness {
  /** Before the bad ones came, and after they went. */
  alone: Reaction
  /** While they come: five hundred new keys at once, and a client that is busy making them. */
  burst: Reaction
  /** While they change and fail. */
  beside: Reaction
}

const quotas: ResourceRef = { apiVersion: 'v1', kind: 'ResourceQuota', plural: 'resourcequotas', namespaced: true }

/** Of nothing that a service needs there may be any. */
const hard = Object.fromEntries(
  [
    'deployments.apps',
    'services',
    'horizontalpodautoscalers.autoscaling',
    'poddisruptionbudgets.policy',
    'networkpolicies.networking.k8s.io',
    'ingresses.networking.k8s.io',
  ].map(kind => [`count/${kind}`, '0']),
)

const forbidEverything = async ({ client }: Street): Promise<void> => {
  const name = 'nothing'
  await client.create(quotas, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { namespace: BAD, name }, spec: { hard } })
  await client.merge(quotas, { namespace: BAD, name, subresource: 'status' }, { status: { hard, used: hard } })
  // The API server's own view of quotas is a moment behind.
  await sleep(1500)
}

const nameOf = (index: number) => `bad-${index}`

const inTwenties = async (count: number, work: (index: number) => Promise<unknown>): Promise<void> => {
  for (let first = 0; first < count; first += 20)
    await Promise.all(Array.from({ length: Math.min(20, count - first) }, (_, offset) => work(first + offset)))
}

/** One after the other is changed until `stop`. */
const keepChanging = ({ client }: Street, { bad, changes }: Required<FairnessOptions>): { stop: () => Promise<void> } => {
  let stopped = false
  const loop = (async () => {
    const began = performance.now()
    for (let change = 0; !stopped; change++) {
      const name = nameOf(change % bad)
      await client.merge(inferenceServices, { namespace: BAD, name }, { spec: { autoscaling: { max: (change % 50) + 2 } } })
      await sleep(Math.max(0, began + (change * 1000) / changes - performance.now()))
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await loop
    },
  }
}

const depthOf = async ({ operator }: Street): Promise<number> =>
  Number(/^workqueue_depth\{name="inferenceservice".*\} (\d+)$/m.exec(await operator.metrics())?.[1] ?? Number.NaN)

/** Without the bad ones, with them, and without them again. */
export const tryFairness = async (street: Street, options: FairnessOptions = {}): Promise<Fairness> => {
  const wanted = { bad: 500, changes: 20, seconds: 20, ...options }
  const { client } = street
  const half = { seconds: Math.ceil(wanted.seconds / 2) }
  await forbidEverything(street)
  const before = await reactions(street, half)
  const made = inTwenties(wanted.bad, async index => {
    const object = service(nameOf(index), 'iris')
    await client.create(inferenceServices, { ...object, metadata: { ...object.metadata, namespace: BAD } })
  })
  const burst = await reactions(street, half)
  await made
  await sleep(2000)
  const changing = keepChanging(street, wanted)
  const beside = await reactions(street, wanted)
  await changing.stop()
  await inTwenties(wanted.bad, async index => {
    const object = await client.get(inferenceServices, { namespace: BAD, name: nameOf(index) })
    if (object) await client.remove(inferenceServices, object)
  })
  await atRest(street)
  const after = await reactions(street, half)
  return { alone: { reacted: [...before.reacted, ...after.reacted], asked: [...before.asked, ...after.asked] }, burst, beside }
}

const atRest = async (street: Street): Promise<void> => {
  await reached(async () => (await depthOf(street)) === 0, 60, 'the queue is empty')
  await sleep(1000)
}
