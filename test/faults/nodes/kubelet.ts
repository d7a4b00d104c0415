// What the node writes to the API server, each write until it is done, or pointless because its object is gone.
import { KubeConfig } from '@kubernetes/client-node'
import { claims, pods } from '../../../operator/controllers/resources.ts'
import type { Claim, Pod } from '../../../operator/plan/observed.ts'
import { type Client, createClient } from '../../../operator/runtime/client.ts'
import { pause, systemClock } from '../../../operator/runtime/clock.ts'
import { Connection } from '../../../operator/runtime/connection.ts'
import { causeOf, isAlreadyExists, isNotFound, isRefused } from '../../../operator/runtime/errors.ts'
import { nameOf, pathOf } from '../../../operator/runtime/paths.ts'
import { createSend, type Send } from '../../../operator/runtime/requests.ts'
import type { ResourceRef } from '../../../operator/runtime/shape.ts'

const nodes: ResourceRef = { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false }
const RETRY_MS = 200

export interface KubeletOptions {
  kubeconfig: string
  node: string
  /** Told what the API server will never accept: a fault of this stand-in. */
  onTrouble: (error: unknown) => void
}

/** One client of a node. It owns sockets: `close`. */
export class Kubelet {
  readonly client: Client
  readonly #connection: Connection
  readonly #send: Send
  readonly #options: KubeletOptions
  readonly #stopping = new AbortController()

  constructor(options: KubeletOptions) {
    const load = () => {
      const config = new KubeConfig()
      config.loadFromFile(options.kubeconfig)
      return config
    }
    this.#options = options
    this.#connection = new Connection({ load, clock: systemClock, callConnections: 8, userAgent: 'simulated-node' })
    const wiring = { connection: this.#connection, clock: systemClock }
    this.client = createClient({ ...wiring, fieldManager: 'simulated-node' })
    this.#send = createSend(wiring)
  }

  async close(): Promise<void> {
    this.#stopping.abort()
    await this.#connection.close()
  }

  async register(): Promise<void> {
    const name = this.#options.node
    const metadata = { name, labels: { 'kubernetes.io/hostname': name } }
    await this.#persist(() => this.client.create(nodes, { apiVersion: 'v1', kind: 'Node', metadata }))
    await this.#persist(() => this.client.merge(nodes, { name, subresource: 'status' }, { status: nodeStatus() }))
  }

  /** What the scheduler does. A conflict means that it is done, or that the pod is leaving. */
  bind({ metadata }: Pod): Promise<boolean> {
    const { namespace, name, uid } = metadata
    const target = { apiVersion: 'v1', kind: 'Node', name: this.#options.node }
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Binding', metadata: { namespace, name, uid }, target })
    const path = `${pathOf(pods, { namespace, name })}/binding`
    return this.#persist(() => this.#send({ method: 'POST', path, body }, nameOf(pods, { namespace, name })), isConflicting)
  }

  /** Writes a status; a pod of the same name that came later is left alone. */
  report({ metadata }: Pod, status: object, isOver: () => boolean): Promise<boolean> {
    const { namespace, name, uid } = metadata
    const target = { namespace, name, subresource: 'status' as const }
    return this.#persist(() => this.client.merge(pods, target, { metadata: { uid }, status }), isOver)
  }

  /** Ends the pod for good: its containers have ended. */
  remove({ metadata }: Pod): Promise<boolean> {
    const { namespace, name, uid } = metadata
    const body = JSON.stringify({ gracePeriodSeconds: 0, preconditions: { uid } })
    const call = { method: 'DELETE', path: pathOf(pods, { namespace, name }), body } as const
    return this.#persist(() => this.#send(call, nameOf(pods, { namespace, name })), isConflicting)
  }

  /** What a provisioner and the binder of volumes do; no volume is behind it. */
  async provide({ metadata, spec }: Claim): Promise<void> {
    const { namespace, name, uid } = metadata
    const capacity = (spec as { resources?: { requests?: object } } | undefined)?.resources?.requests
    const status = { phase: 'Bound', accessModes: spec?.accessModes, capacity }
    const target = { namespace, name, subresource: 'status' as const }
    await this.#persist(() => this.client.merge(claims, target, { metadata: { uid }, status }), isConflicting)
  }

  /** Answers whether it was written. Faults of the API server pass; what it refuses is told and given up. */
  async #persist(write: () => Promise<unknown>, isOver: (error: unknown) => boolean = () => false): Promise<boolean> {
    const { signal } = this.#stopping
    for (; !signal.aborted; await pause(systemClock, RETRY_MS, signal)) {
      try {
        await write()
        return true
      } catch (error) {
        if (isNotFound(error) || isAlreadyExists(error) || isOver(error)) return false
        if (isRefused(error) && !signal.aborted) return this.#giveUp(error)
      }
    }
    return false
  }

  #giveUp(error: unknown): false {
    this.#options.onTrouble(new Error(`the node cannot do its work: ${causeOf(error)}`, { cause: error }))
    return false
  }
}

const isConflicting = (error: unknown): boolean => (error as { status?: number }).status === 409

const nodeStatus = () => {
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  const room = { cpu: '1000', memory: '4Ti', pods: '100000', 'ephemeral-storage': '4Ti' }
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'KubeletReady',
    message: 'a stand-in',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  }
  return { capacity: room, allocatable: room, conditions: [ready] }
}
