// One namespace with an operator of its own behind a fault proxy of its own; what a user does there, and what happens to the operator.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { namespaces } from '../../cluster/namespaces.ts'
import { type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { type FaultProxy, startFaultProxy } from '../proxy/faultproxy.ts'
import type { Ground } from './ground.ts'

/** Owns a proxy and the operator behind it: `close` ends both. */
export class Stage {
  readonly ground: Ground
  readonly namespace: string
  readonly proxy: FaultProxy
  /** Every operator that worked here, with how it was to end. */
  readonly operators: { process: OperatorProcess; killed: boolean }[] = []
  /** The operator's configuration beyond its namespace. */
  #env: Record<string, string> = {}
  #coming: Promise<void> = Promise.resolve()
  #isClosing = false

  constructor(ground: Ground, namespace: string, proxy: FaultProxy) {
    this.ground = ground
    this.namespace = namespace
    this.proxy = proxy
  }

  get operator(): OperatorProcess {
    const last = this.operators.at(-1)
    if (!last) throw new Error('no operator was started on this stage')
    return last.process
  }

  async start(): Promise<void> {
    const { kubeconfig } = this.proxy
    const process = await startOperator({ kubeconfig, namespaces: [this.namespace], env: this.#env })
    this.operators.push({ process, killed: false })
  }

  /** The next operator comes after a while, whatever happens here meanwhile; none does for one that was killed as it was about to end. */
  startLater(milliseconds: number): void {
    if (this.#isClosing) return
    this.#coming = sleep(milliseconds).then(() => this.start())
    // Told by `close`, which waits for it.
    this.#coming.catch(() => undefined)
  }

  /** SIGKILL, and its death awaited. */
  async kill(): Promise<void> {
    const last = this.operators.at(-1)
    if (!last) return
    last.killed = true
    last.process.signal('SIGKILL')
    await last.process.ended
  }

  /** Another release of the operator takes the place of this one, in order. */
  async upgrade(env: Record<string, string>): Promise<void> {
    await this.operator.stop()
    this.#env = { ...this.#env, ...env }
    await this.start()
    await this.operator.ready()
  }

  create(kind: ResourceRef, manifest: object): Promise<KubeObject> {
    const object = manifest as KubeObject
    return this.ground.client.create(kind, { ...object, metadata: { ...object.metadata, namespace: this.namespace } })
  }

  get(kind: ResourceRef, name: string): Promise<KubeObject | undefined> {
    return this.ground.client.get(kind, { namespace: this.namespace, name })
  }

  merge(kind: ResourceRef, name: string, change: object): Promise<KubeObject> {
    return this.ground.client.merge(kind, { namespace: this.namespace, name }, change)
  }

  async remove(kind: ResourceRef, name: string): Promise<void> {
    const object = await this.get(kind, name)
    if (object) await this.ground.client.remove(kind, object)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    await this.#coming
    await Promise.all(this.operators.map(({ process }) => process.stop()))
    await this.proxy.close()
    const namespace = await this.ground.client.get(namespaces, { name: this.namespace })
    if (namespace) await this.ground.client.remove(namespaces, namespace)
  }
}

export const openStage = async (ground: Ground, title: string): Promise<Stage> => {
  const name = `${title}-${randomUUID().slice(0, 6)}`
  await ground.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  return new Stage(ground, name, await startFaultProxy({ plane: ground.plane }))
}
