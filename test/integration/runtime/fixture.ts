// What every test of the runtime against a real API server needs: the server, a namespace of its own, operators that are stopped at the end.
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import type { Client } from '../../../operator/runtime/client.ts'
import type { Condition, KubeObject, Plan, ResourceRef } from '../../../operator/runtime/shape.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { install, newNamespace, type OperateOptions, type Operator, operate, type Planner, quiet, testClient, writesIn } from './operate.ts'
import { widgets } from './widgets.ts'

export interface Fixture {
  readonly plane: ControlPlane
  readonly client: Client
  readonly namespace: string
  start(planner: Planner, options?: OperateOptions): Promise<Operator>
  stop(operator: Operator): Promise<void>
  create(object: KubeObject, kind?: ResourceRef): Promise<KubeObject>
  get(kind: ResourceRef, name?: string): Promise<KubeObject | undefined>
  /** Writes of the operator so far, once none has come for a while. */
  settled(): Promise<string[]>
}

export const fixture = (): Fixture => {
  let plane: ControlPlane
  let client: ReturnType<typeof testClient>
  let namespace: string
  let running: Operator[] = []

  beforeAll(async () => {
    plane = await startControlPlane()
    client = testClient(plane)
    await install(client)
  }, 900_000)
  afterAll(async () => {
    await client?.close()
    await plane?.stop()
  })
  beforeEach(async () => {
    namespace = await newNamespace(client)
  })
  afterEach(async () => {
    await Promise.all(running.map(({ runtime }) => runtime.stop()))
    running = []
  })

  const writes = () => writesIn(plane, namespace)
  return {
    get plane() {
      return plane
    },
    get client() {
      return client
    },
    get namespace() {
      return namespace
    },
    async start(planner, options) {
      const operator = await operate({ plane, namespace, planner }, options)
      running.push(operator)
      return operator
    },
    async stop(operator) {
      await operator.runtime.stop()
      running = running.filter(one => one !== operator)
    },
    create: (object, kind = widgets) => client.create(kind, { ...object, metadata: { ...object.metadata, namespace } }),
    get: (kind, name = 'a') => client.get(kind, { namespace, name }),
    async settled() {
      await quiet(() => writes().length, 700)
      return writes().map(({ verb, what }) => `${verb} ${what}`)
    },
  }
}

export const ready = (status: Condition['status'] = 'True'): Condition => ({
  type: 'Ready',
  status,
  reason: 'Fine',
  message: 'All is well.',
})

export const plain = (apply: Plan['apply'], rest: Partial<Plan> = {}): Plan => ({
  apply,
  events: [],
  status: { conditions: [ready()] },
  ...rest,
})

export const children = (objects: KubeObject[]): Plan['apply'] => objects.map(object => ({ object }))
