// A namespace as strict as Kubernetes knows them: every pod of ours must be admitted by it.
import type { Kubectl } from './kubectl.ts'

export const restrictedNamespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'pod-security.kubernetes.io/enforce-version': 'latest' },
  },
})

export const makeNamespace = async (kubectl: Kubectl, name: string): Promise<void> => {
  await kubectl.apply(restrictedNamespace(name))
}
