// What exists in a namespace, by kind and name.
import type { Kubectl } from '../install/kubectl.ts'

/** Everything that the operator makes and that must go with its owner. */
export const CHILDREN = [
  'jobs',
  'pods',
  'configmaps',
  'services',
  'deployments',
  'replicasets',
  'horizontalpodautoscalers',
  'ingresses',
  'poddisruptionbudgets',
  'networkpolicies',
] as const

/** Names such as `job.batch/iris-run-1`, without what Kubernetes puts into every namespace. */
export const namesOf = async (kubectl: Kubectl, kinds: readonly string[], selector?: string): Promise<string[]> => {
  const printed = await kubectl('get', kinds.join(','), '-o', 'name', ...(selector ? ['--selector', selector] : []))
  return printed.split('\n').filter(name => name !== '' && name !== 'configmap/kube-root-ca.crt')
}
