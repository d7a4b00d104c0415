// How long a change waits for its consequences, while many objects exist: at a steady pace, and in a burst.
//
// All of it is seen from outside, on the clock of the API server's audit log. A change raises the maximum of an autoscaler:
// the operator answers with one apply of the child and one status. A change begins when the API server receives it, so its own
// commit counts as delay. The first write of the operator about it is received after its pass began, so the time until then is
// an upper bound of "event → reconcile start"; the time until the answer of its last write is "event → last write".
// A plain watch client measures the delivery of the same events in the same run, and the operator's own histogram the waiting
// in its queue: both are parts of the upper bound, and tell where it comes from.
import { setTimeout as sleep } from 'node:timers/promises'
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { startTidegate } from '../contender.ts'
import { quantile } from '../figures.ts'
import { apply, change, type Ground, openGround, untilMade, untilQuiet, writesOf } from '../ground.ts'
import type { Write } from '../measure/audittail.ts'
import { followChanges } from '../measure/follower.ts'
import { inParallel } from '../measure/inparallel.ts'
import { boundOf } from '../measure/metricspage.ts'
import { servicesNamed } from '../objects.ts'

interface Spread {
  changes: number
  p50: number
  p99: number
  max: number
}

interface Reaction {
  /** Milliseconds from the change to the operator's first write about it: an upper bound of the start of its pass. */
  first: Spread
  /** Milliseconds from the change to the answer of the operator's last write about it. */
  last: Spread
  /** Milliseconds from the change until a plain watch client has it. */
  watch: Spread
  /** Milliseconds in the operator's queue that 99% of its keys did not exceed: the bound of a bucket. */
  queueBelow: number
  /** Writes of the operator for one change. */
  writesPerChange: number
}

export interface LatencyRound {
  steady: Reaction & { perSecond: number; seconds: number }
  burst: Reaction & { seconds: number }
}

export interface LatencySettings {
  objects: number
  steadySeconds: number
  flags: string[]
}

const PER_SECOND = 5
const BURST = 200
const USERS = 16
const PREPARED_MAX = 4
const STEADY_MAX = 5
const BURST_MAX = 6

export const latencyRound = async ({ objects, steadySeconds, flags }: LatencySettings): Promise<LatencyRound> => {
  const ground = await openGround()
  const operator = await startTidegate(ground, { flags })
  const follower = followChanges(ground.client, inferenceServices)
  const observe = (work: () => Promise<void>) => reaction({ ground, operator, follower }, work)
  try {
    const services = servicesNamed('main', objects)
    await prepare(ground, operator.user, services)
    const shuffled = services.toSorted((a, b) => mixed(a) - mixed(b))
    const steady = await observe(() => atPace(ground, shuffled, steadySeconds))
    const burstOf = shuffled.toReversed().slice(0, BURST)
    const burst = await observe(() => inParallel(burstOf, USERS, service => change(ground, service, BURST_MAX)))
    return { steady: { ...steady, perSecond: PER_SECOND, seconds: steadySeconds }, burst: { ...burst, seconds: burst.last.max / 1000 } }
  } finally {
    follower.close()
    await operator.stop()
    await ground.close()
  }
}

/** Every service has its children, and has been changed once: the first apply of a child is preceded by a takeover of its fields. */
const prepare = async (ground: Ground, user: string, services: readonly KubeObject[]): Promise<void> => {
  await apply(ground, services)
  await untilMade(ground, { user, services: services.length, mark: 0 })
  await untilQuiet(ground, user)
  await inParallel(services, USERS, service => change(ground, service, PREPARED_MAX))
  await untilQuiet(ground, user)
}

/** An order that has nothing to do with namespaces or age, and is the same in every run. */
const mixed = ({ metadata }: KubeObject): number => (Number(metadata.name.slice(-4)) * 7919) % 10_007

const atPace = async (ground: Ground, services: readonly KubeObject[], seconds: number): Promise<void> => {
  const began = performance.now()
  const sent: Promise<void>[] = []
  for (let at = 0; at < PER_SECOND * seconds; at++) {
    await sleep(Math.max(0, began + (at * 1000) / PER_SECOND - performance.now()))
    const service = services[at % services.length]
    if (service) sent.push(change(ground, service, STEADY_MAX + Math.floor(at / services.length)))
  }
  await Promise.all(sent)
}

interface Scene {
  ground: Ground
  operator: { user: string; metrics(): Promise<string> }
  follower: ReturnType<typeof followChanges>
}

const reaction = async ({ ground, operator, follower }: Scene, work: () => Promise<void>): Promise<Reaction> => {
  const before = await operator.metrics()
  const mark = ground.audit.refresh()
  follower.forget()
  await work()
  await untilQuiet(ground, operator.user)
  const after = await operator.metrics()
  const changes = ground.audit.writes.slice(mark).filter(isChange)
  const writes = writesOf(ground, operator.user, mark)
  const answers = changes.map(one => answersTo(one, changes, writes))
  const waited = { name: 'workqueue_queue_duration_seconds', labels: { name: 'inferenceservice' } }
  return {
    first: spread(changes.map((one, at) => (answers[at]?.[0]?.receivedAt ?? Number.POSITIVE_INFINITY) - one.receivedAt)),
    last: spread(changes.map((one, at) => (answers[at]?.at(-1)?.endedAt ?? Number.POSITIVE_INFINITY) - one.receivedAt)),
    watch: spread(changes.map(one => follower.arrival(one) - one.receivedAt)),
    queueBelow: boundOf({ before, after }, 0.99, waited) * 1000,
    writesPerChange: writes.length / changes.length,
  }
}

const isChange = ({ user, verb, resource }: Write): boolean => user === 'admin' && verb === 'patch' && resource === 'inferenceservices'

/** Writes about the same service, from this change on until its next one. */
const answersTo = (change: Write, changes: readonly Write[], writes: readonly Write[]): Write[] => {
  const isSame = (write: Write) => write.namespace === change.namespace && write.name.replace(/-v\d+$/, '') === change.name
  const next = changes.find(one => one.receivedAt > change.receivedAt && isSame(one))?.receivedAt ?? Number.POSITIVE_INFINITY
  return writes.filter(write => isSame(write) && write.receivedAt >= change.receivedAt && write.receivedAt < next)
}

const spread = (values: readonly number[]): Spread => ({
  changes: values.length,
  p50: quantile(values, 0.5),
  p99: quantile(values, 0.99),
  max: Math.max(...values),
})
