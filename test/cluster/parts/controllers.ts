// The controller manager: quick to scale, and slow to give a node up while a test has the control plane stopped.
import { join } from 'node:path'
import { kubeconfigFor } from '../kubeconfig.ts'
import { type Layout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { caFile } from '../pki.ts'
import { answersOk } from '../probe.ts'

/** All controllers, or only those named. */
export async function controllers(layout: Layout, only: readonly string[] = ['*']): Promise<Part> {
  const { pki, ports } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name: layout.name }, { user: 'system:kube-controller-manager' })
  return {
    name: 'kube-controller-manager',
    argv: [
      layout.binaries['kube-controller-manager'],
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.controllers}`,
      `--controllers=${only.join(',')}`,
      '--leader-elect=false',
      '--use-service-account-credentials',
      `--service-account-private-key-file=${join(pki.folder, 'sa.key')}`,
      `--root-ca-file=${caFile(pki)}`,
      `--cluster-signing-cert-file=${caFile(pki)}`,
      `--cluster-signing-key-file=${join(pki.folder, 'ca.key')}`,
      '--horizontal-pod-autoscaler-sync-period=5s',
      '--node-monitor-grace-period=10m',
      // Tests wait for what these do, and nobody else is on the machine.
      '--kube-api-qps=1000',
      '--kube-api-burst=2000',
      '--concurrent-deployment-syncs=20',
      '--concurrent-replicaset-syncs=20',
      '--concurrent-job-syncs=20',
      '--concurrent-namespace-syncs=20',
      '--profiling=false',
    ],
    ready: () => answersOk(`https://127.0.0.1:${ports.controllers}/healthz`),
  }
}
