// The one interface behind which a Kubernetes comes from somewhere.
import type { Say } from './binaries.ts'

type ProviderName = 'embedded' | 'kind' | 'context'

/** Everything a test needs to use a cluster. */
export type ClusterInfo = {
  name: string
  provider: ProviderName
  /** Path of a kubeconfig whose current context may do anything. */
  kubeconfig: string
  kubectl: string
  helm: string
  /** Where Ingresses of the class answer; a host goes into the Host header. */
  ingressUrl?: string
  ingressClass?: string
  /** Path of the API server's audit log, where the provider can show it. */
  auditLog?: string
}

export type PartStatus = { name: string; running: boolean; log: string }

export type ClusterStatus = { info?: ClusterInfo; parts: PartStatus[] }

export type Provider = {
  name: ProviderName
  /** Makes the cluster run; does nothing to one that does. */
  up: (say: Say) => Promise<ClusterInfo>
  down: (say: Say) => Promise<void>
  status: () => Promise<ClusterStatus>
  /** Gives the node images that were built here. */
  load: (images: readonly string[], say: Say) => Promise<void>
}
