// One of two operators that compete for a Lease: behind a proxy of its own, and under a name of its own in the audit log.
import { leases, specOf } from '../../../operator/runtime/lease.ts'
import type { Ground } from '../matrix/ground.ts'
import { type Ended, type OperatorProcess, startOperator } from '../operator/operatorprocess.ts'
import { processFaults } from '../oracles/processfaults.ts'
import { type FaultProxy, startFaultProxy } from '../proxy/faultproxy.ts'

export const LEASE = 'tidegate'

export interface ContenderOptions {
  /** Differs between the two. */
  name: string
  namespace: string
  /** Flags of Node for its processes. */
  flags?: string[]
}

/** Owns a proxy, and one process at a time. */
export class Contender {
  readonly user: string
  readonly proxy: FaultProxy
  readonly #ground: Ground
  readonly #options: ContenderOptions
  readonly #runs: { process: OperatorProcess; end: Ended }[] = []

  constructor(ground: Ground, proxy: FaultProxy, options: ContenderOptions) {
    this.#ground = ground
    this.#options = options
    this.user = userOf(options)
    this.proxy = proxy
  }

  get process(): OperatorProcess {
    const last = this.#runs.at(-1)
    if (!last) throw new Error(`operator ${this.#options.name} was not started`)
    return last.process
  }

  /** Resolves when it is ready, which a standby is, too. A new process of the same pod, so under the same identity. */
  async start(): Promise<void> {
    const { name, namespace, flags } = this.#options
    const env = { TIDEGATE_LEASE: `${namespace}/${LEASE}`, TIDEGATE_IDENTITY: name }
    const process = await startOperator({ kubeconfig: this.proxy.kubeconfig, namespaces: [namespace], env, ...(flags && { flags }) })
    this.#runs.push({ process, end: { code: 0, signal: null } })
    await process.ready()
  }

  /** How this process is to have ended, for `faults`. */
  expect(end: Ended): void {
    const last = this.#runs.at(-1)
    if (last) last.end = end
  }

  async leads(): Promise<boolean> {
    const lease = await this.#ground.client.get(leases, { namespace: this.#options.namespace, name: LEASE })
    return lease !== undefined && specOf(lease).holderIdentity === this.#options.name
  }

  /** What was wrong with its processes, once all have ended. */
  faults(): string[] {
    return this.#runs.flatMap(({ process, end }) =>
      processFaults(process, { allowed: EXPLAINED, ended: end }).map(what => `${this.user}: ${what}`),
    )
  }

  async close(): Promise<void> {
    await Promise.all(this.#runs.map(({ process }) => process.stop()))
    await this.proxy.close()
  }
}

/** What a leader may say that was cut off, frozen or overtaken. */
const EXPLAINED = [/no longer the leader/, /not renewed in time/, /did not answer in time/, /cannot be reached/]

const userOf = ({ namespace, name }: ContenderOptions): string => `operator:${namespace}:${name}`

export const openContender = async (ground: Ground, options: ContenderOptions): Promise<Contender> => {
  const proxy = await startFaultProxy({ plane: ground.plane, user: { user: userOf(options), groups: ['system:masters'] } })
  return new Contender(ground, proxy, options)
}
