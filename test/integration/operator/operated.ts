// A real API server with the chart's roles and policies, and the real operator as a process that has the rights of its account and no more.
import { type OperatorProcess, startOperator } from '../../faults/operator/operatorprocess.ts'
import { type Guarded, OPERATOR, openGuarded } from '../policies/guarded.ts'

export interface Operated {
  guarded: Guarded
  operator: OperatorProcess
  /** Kills the operator, and starts one that knows nothing of it. */
  replace: () => Promise<void>
  stop: () => Promise<void>
}

interface Wishes {
  /** Of Kubernetes, to run beside it. */
  controllers?: readonly string[]
  /** More environment for the operator. */
  env?: Record<string, string>
}

export const openOperated = async (namespaces: readonly string[], { controllers = [], env = {} }: Wishes = {}): Promise<Operated> => {
  const guarded = await openGuarded(controllers)
  for (const name of namespaces) await guarded.bench.kubectl(['create', 'namespace', name])
  const kubeconfig = await guarded.bench.plane.kubeconfigFor({ user: OPERATOR, groups: ['system:serviceaccounts'] })
  const started = () => startOperator({ kubeconfig, env })
  const operated: Operated = {
    guarded,
    operator: await started(),
    async replace() {
      operated.operator.signal('SIGKILL')
      await operated.operator.ended
      operated.operator = await started()
      await operated.operator.ready()
    },
    async stop() {
      await operated.operator.stop()
      await guarded.stop()
    },
  }
  try {
    await operated.operator.ready()
    return operated
  } catch (error) {
    await operated.stop()
    throw error
  }
}
