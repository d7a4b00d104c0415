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

interface State {
  plane: ControlPlane
  client: ReturnType<typeof testClient>
  namespace: string
  running: Operator[]
}

const prepare = (state: State): void => {
  beforeAll(async () => {
    state.plane = await startControlPlane()
    state.client = testClient(state.plane)
    await install(state.client)
  }, 900_000)
  afterAll(async () => {
    await state.client?.close()
    await state.plane?.stop()
  })
  beforeEach(async () => {
    state.namespace = await newNamespace(state.client)
  })
  afterEach(async () => {
    await Promise.all(state.running.map(({ runtime }) => runtime.stop()))
    state.running = []
  })
}

/** To be called once at the top of a test file. */
export const fixture = (): Fixture => {
  const state = { running: [] as Operator[] } as State
  prepare(state)
  const writes = () => writesIn(state.plane, state.namespace)
  return {
    get plane() {
      return state.plane
    },
    get client() {
      return state.client
    },
    get namespace() {
      return state.namespace
    },
    async start(planner, options) {
      const operator = await operate({ ...state, planner }, options)
      state.running.push(operator)
      return operator
    },
    async stop(operator) {
      await operator.runtime.stop()
      state.running = state.running.filter(one => one !== operator)
    },
    create: (object, kind = widgets) => state.client.create(kind, placed(object, state.namespace)),
    get: (kind, name = 'a') => state.client.get(kind, { namespace: state.namespace, name }),
    async settled() {
      const isBusy = async () => (await Promise.all(state.running.map(each => each.busy()))).some(Boolean)
      // On a busy machine a pass may stand still for longer, and is not over.
      await quiet(async () => ((await isBusy()) ? Number.NaN : writes().length), 500)
      return writes().map(({ verb, what }) => `${verb} ${what}`)
    },
  }
}

const placed = (object: KubeObject, namespace: string): KubeObject => ({ ...object, metadata: { ...object.metadata, namespace } })

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
