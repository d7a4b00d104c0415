// Whoever is measured: a process that writes under a name of its own.

import type { KubeObject } from '../../operator/runtime/shape.ts'
import { startOperator } from '../../test/faults/operator/operatorprocess.ts'
import { deployedFlags } from './asdeployed.ts'
import type { Ground } from './ground.ts'

export interface Contender {
  pid: number
  /** Its name in the audit log. */
  user: string
  /** Told of every service by whoever created it; only for a contender that does not look by itself. */
  offer?(service: KubeObject): void
  /** Rejects when it has ended by itself, so that nobody waits for it. */
  failed: Promise<never>
  stop(): Promise<void>
}

const OPERATOR = 'tidegate-operator'
export interface OperatorSettings {
  flags?: string[]
  /** Instead of the API server itself. */
  kubeconfig?: string
}

/** The operator as its image holds it, ready. */
export const startTidegate = async (ground: Ground, settings: OperatorSettings = {}) => {
  const kubeconfig = settings.kubeconfig ?? (await ground.plane.kubeconfigFor({ user: OPERATOR, groups: ['system:masters'] }))
  const operator = await startOperator({
    kubeconfig,
    flags: [...deployedFlags(), ...(settings.flags ?? [])],
    env: { TIDEGATE_LOG_LEVEL: 'warn' },
  })
  await operator.ready()
  let stopping = false
  const failed = operator.ended.then(({ code, signal }) => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`the operator ended by itself (${signal ?? `code ${code}`}):\n${operator.noise.slice(-20).join('\n')}`)
  })
  failed.catch(() => {})
  const stop = async () => {
    stopping = true
    await operator.stop()
  }
  return { ...operator, user: OPERATOR, failed, stop }
}
