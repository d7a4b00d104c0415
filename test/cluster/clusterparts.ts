// All parts of an embedded cluster and the order in which they start.
import type { ClusterLayout } from './layout.ts'
import { logFile, type Part, runningPart, startPart } from './part.ts'
import { apiserver } from './parts/apiserver.ts'
import { containerd } from './parts/containerd.ts'
import { controllers } from './parts/controllers.ts'
import { coredns } from './parts/coredns.ts'
import { etcd } from './parts/etcd.ts'
import { kubelet } from './parts/kubelet.ts'
import { kubeproxy } from './parts/kubeproxy.ts'
import { metricsserver } from './parts/metricsserver.ts'
import { scheduler } from './parts/scheduler.ts'
import { traefik } from './parts/traefik.ts'
import { volumes } from './parts/volumes.ts'
import type { PartStatus } from './provider.ts'
import { together } from './together.ts'

const PARTS = {
  etcd,
  'kube-apiserver': (layout: ClusterLayout) => apiserver(layout, { serviceAccounts: true, announced: true }),
  'kube-controller-manager': (layout: ClusterLayout) => controllers(layout),
  'kube-scheduler': scheduler,
  containerd,
  coredns,
  'metrics-server': metricsserver,
  traefik,
  'volume-provisioner': volumes,
  kubelet,
  'kube-proxy': kubeproxy,
} as const satisfies Record<string, (layout: ClusterLayout) => Part | Promise<Part>>

export type ClusterPart = keyof typeof PARTS

/** The parts of one row need nothing of each other. */
export const CONTROL_PLANE: readonly (readonly ClusterPart[])[] = [['etcd'], ['kube-apiserver']]
export const AROUND: readonly ClusterPart[] = [
  'kube-controller-manager',
  'kube-scheduler',
  'containerd',
  'coredns',
  'metrics-server',
  'traefik',
  'volume-provisioner',
]
export const NODE: readonly ClusterPart[] = ['kubelet', 'kube-proxy']

export function clusterPart(layout: ClusterLayout, name: ClusterPart): Part | Promise<Part> {
  return PARTS[name](layout)
}

/** Starts these parts at once and waits for all of them; of several failures the first is told. */
export async function startParts(layout: ClusterLayout, names: readonly ClusterPart[]): Promise<void> {
  await together(names.map(async name => startPart(layout.folder, await clusterPart(layout, name))))
}

export function partStatuses(folder: string): PartStatus[] {
  const names = Object.keys(PARTS)
  return names.map(name => ({ name, running: runningPart(folder, name) !== undefined, log: logFile(folder, name) }))
}
