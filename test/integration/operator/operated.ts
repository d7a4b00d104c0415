// A real API server with the chart's roles and policies, and the real operator as a process that has the rights of its account and no more.
import { type OperatorProcess, startOperator } from '../../faults/operator/operatorprocess.ts'
import { type Guarded, OPERATOR, openGuarded } from '../policies/guarded.ts'

export interface Operated {
  guarded: Guarded
  operator: OperatorProcess
  stop: () => Promise<void>
}

export const openOperated = async (namespaces: readonly string[], controllers: readonly string[] = []): Promise<Operated> => {
  const guarded = await openGuarded(controllers)
  for (const name of namespaces) await guarded.bench.kubectl(['create', 'namespace', name])
  const kubeconfig = await guarded.bench.plane.kubeconfigFor({ user: OPERATOR, groups: ['system:serviceaccounts'] })
  const operator = await startOperator({ kubeconfig })
  const stop = async () => {
    await operator.stop()
    await guarded.stop()
  }
  try {
    await operator.ready()
    return { guarded, operator, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
