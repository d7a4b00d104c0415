// A cluster as a GitOps tool meets it: the chart with its policies, the operator under its own account with its own rights, and a node.
import { binaries } from '../../cluster/binaries.ts'
import { until } from '../../e2e/until.ts'
import { type Installation, install } from '../../faults/nodes/installation.ts'
import { type OperatorProcess, startOperator } from '../../faults/operator/operatorprocess.ts'
import { CHART, helm } from '../../install/install.ts'
import { type Kubectl, kubectlFor } from '../../install/kubectl.ts'
import { good } from '../api/goodobjects.ts'

/** As Argo CD is usually installed: it may do anything. */
const ARGOCD = { user: 'system:serviceaccount:argocd:argocd-application-controller', groups: ['system:masters'] }
const OPERATOR = {
  user: 'system:serviceaccount:tidegate-system:tidegate',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:tidegate-system'],
}

export interface Place {
  installation: Installation
  operator: OperatorProcess
  /** The program that installed the chart. */
  helm: string
  /** kubectl of Argo CD in a namespace. */
  argocd: (namespace?: string) => Promise<Kubectl>
  stop: () => Promise<void>
}

export const openPlace = async (): Promise<Place> => {
  const tools = await binaries(['helm'])
  const installation = await install({ controllers: ['clusterrole-aggregation-controller'] })
  const { plane, kubectl } = installation
  const cluster = { helm: tools.helm, kubeconfig: plane.kubeconfig }
  await helm(cluster, ['install', 'tidegate', CHART, '--namespace', 'tidegate-system', '--create-namespace', '--set', 'crds.enabled=false'])
  await untilGuarded(kubectl('default'))
  const operator = await startOperator({ kubeconfig: await plane.kubeconfigFor(OPERATOR) })
  await operator.ready()
  return {
    installation,
    operator,
    helm: tools.helm,
    argocd: async namespace => kubectlFor({ kubectl: plane.kubectl, kubeconfig: await plane.kubeconfigFor(ARGOCD) }, namespace),
    async stop() {
      await operator.stop()
      await installation.stop()
    },
  }
}

/** Policies take a moment until they hold. */
const untilGuarded = async (kubectl: Kubectl): Promise<void> => {
  const ledger = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'probe', labels: { 'tidegate.io/ledger': 'probe' } } }
  const probe = async (object: object): Promise<string> => {
    const { printed, said } = await kubectl.attempt(['create', '--dry-run=server', '-o', 'yaml', '-f', '-'], JSON.stringify(object))
    return printed + said
  }
  const patience = { within: 60, what: 'the policies hold' }
  await until(
    () => probe(ledger),
    said => said.includes('denied request'),
    patience,
  )
  await until(
    () => probe(good.TrainingJob),
    said => said.includes('tidegate.io/submitted-by'),
    patience,
  )
}
