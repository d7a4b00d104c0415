// A whole operator for one namespace of a real API server, and what the API server's own audit log says it wrote.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { KubeConfig } from '@kubernetes/client-node'
import { type Metric, Registry } from 'prom-client'
import { type Client, createClient } from '../../../operator/runtime/client.ts'
import { systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { createLog } from '../../../operator/runtime/log.ts'
import { createMetrics } from '../../../operator/runtime/metrics.ts'
import { Runtime, type RuntimeOptions } from '../../../operator/runtime/runtime.ts'
import type { Feedback, KubeObject, Plan, StoreReader } from '../../../operator/runtime/shape.ts'
import type { ControllerSpec } from '../../../operator/runtime/spec.ts'
import { writeOf } from '../../cluster/auditlog.ts'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import { namespaces } from '../../cluster/namespaces.ts'
import { childKinds, customKinds, make, widgets } from './widgets.ts'

export interface World {
  object: KubeObject
  feedback: Feedback
  of: (kind: { apiVersion: string; kind: string }) => StoreReader
}

export type Planner = (world: World) => Plan

export interface Operator {
  runtime: Runtime
  registry: Registry
  /** Passes finished so far. */
  passes(): Promise<number>
  /** Whether a pass is under way. */
  busy(): Promise<boolean>
  /** Runs one more pass of a key and waits for its end. */
  again(key: string): Promise<void>
  lines: string[]
}

const operatorName = 'the-operator'

/** The operator's own identity, so that the audit log tells its writes from the tests'. */
const operatorConfig = (plane: ControlPlane): Promise<string> => plane.kubeconfigFor({ user: operatorName, groups: ['system:masters'] })

export const loadFrom = (path: string) => () => {
  const config = new KubeConfig()
  config.loadFromFile(path)
  return config
}

/** A client of the tests, under another name than the operator's. */
export const testClient = (plane: ControlPlane): Client & { close(): Promise<void> } => {
  const connection = new Connection({ load: loadFrom(plane.kubeconfig), clock: systemClock })
  const client = createClient({ connection, clock: systemClock, fieldManager: 'somebody' })
  return { ...client, close: () => connection.close() }
}

export const eventually = async <Value>(
  look: () => Promise<Value> | Value,
  isRight: (value: Value) => boolean,
  seconds = 15,
): Promise<Value> => {
  const until = Date.now() + seconds * 1000
  let last = await look()
  while (!isRight(last) && Date.now() < until) {
    await sleep(50)
    last = await look()
  }
  return last
}

export const install = async (client: Client): Promise<void> => {
  for (const object of customKinds.objects) await client.create(customKinds.resource, object)
  await eventually(
    () =>
      client.list(widgets).then(
        () => true,
        () => false,
      ),
    ready => ready,
  )
  await sleep(500)
}

let count = 0
export const newNamespace = async (client: Client): Promise<string> => {
  const name = `t${process.pid}-${count++}`
  await client.create(namespaces, make(namespaces, name))
  return name
}

const specFor = (namespace: string, planner: Planner): ControllerSpec<World> => {
  const selection = { namespace }
  return {
    name: 'widgets',
    primary: { ...widgets, selection },
    children: childKinds.map(kind => ({ ...kind, selection })),
    read: (key, stores, feedback) => {
      const object = stores.of(widgets).get(key)
      return object && { object, feedback, of: kind => stores.of(kind) }
    },
    plan: world => planner(world),
  }
}

/** Passes finished so far. */
const passesOf = async (registry: Registry): Promise<number> => {
  const { values } = await (registry.getSingleMetric('controller_runtime_reconcile_time_seconds') as Metric).get()
  return (values as { metricName?: string; value: number }[]).find(one => one.metricName?.endsWith('_count'))?.value ?? 0
}

export interface OperateOptions extends Partial<RuntimeOptions> {
  kubeconfig?: string
  spec?: Partial<ControllerSpec<World>>
  /** Begin without waiting for the caches. */
  patient?: false
}

export interface Scene {
  plane: ControlPlane
  namespace: string
  planner: Planner
}

export const operate = async ({ plane, namespace, planner }: Scene, options: OperateOptions = {}): Promise<Operator> => {
  const registry = new Registry()
  const lines: string[] = []
  const runtime = new Runtime({
    load: loadFrom(options.kubeconfig ?? (await operatorConfig(plane))),
    log: createLog({ level: 'debug', write: line => lines.push(line) }),
    metrics: createMetrics(registry),
    fieldManager: 'tidegate',
    appliedAnnotation: 'tidegate.io/applied',
    reportingController: 'tidegate.io/operator',
    reportingInstance: 'test',
    ...options,
  })
  runtime.add<World, object>({ ...specFor(namespace, planner), ...options.spec })
  const started = runtime.start()
  if (options.patient ?? true) await started
  const passes = () => passesOf(registry)
  const busy = async () => {
    const { values } = await (registry.getSingleMetric('controller_runtime_active_workers') as Metric).get()
    return values.some(({ value }) => value > 0)
  }
  const again = async (key: string) => {
    await quiet(passes)
    const before = await passes()
    runtime.enqueue('widgets', key)
    await eventually(passes, now => now > before)
    await quiet(passes)
  }
  return { runtime, registry, passes, busy, again, lines }
}

/** Waits until a number has not moved for a while. */
export const quiet = async (read: () => Promise<number> | number, milliseconds = 300): Promise<number> => {
  for (let last = await read(); ; ) {
    await sleep(milliseconds)
    const now = await read()
    if (now === last) return now
    last = now
  }
}

export interface Write {
  verb: string
  what: string
  code: number
}

/** Every mutating request of the operator in a namespace, as the API server saw it; Events are counted apart. */
export const writesIn = (plane: ControlPlane, namespace: string): Write[] =>
  readFileSync(plane.auditLog, 'utf8')
    .split('\n')
    // The last line may still be on its way.
    .slice(0, -1)
    .filter(line => line.includes(`"namespace":"${namespace}"`))
    .map(writeOf)
    .filter(write => write !== undefined)
    .filter(write => write.namespace === namespace && write.user === operatorName && write.resource !== 'events')
    .map(({ verb, resource, code }) => ({ verb, what: resource, code }))
