// metrics-server: what `kubectl top` and the autoscaler read; measures as often as its kubelet time-out allows.
import { join } from 'node:path'
import { kubeconfigFor } from '../kubeconfig.ts'
import { type ClusterLayout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

export async function metricsserver(layout: ClusterLayout): Promise<Part> {
  const { folder, network, pki, name, ports } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, { user: 'metrics-server', groups: ['system:masters'] })
  return {
    name: 'metrics-server',
    argv: [
      layout.binaries['metrics-server'],
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--bind-address=${network.hostAddress}`,
      `--secure-port=${ports.metrics}`,
      `--cert-dir=${join(folder, 'metrics-server')}`,
      '--kubelet-insecure-tls',
      '--kubelet-preferred-address-types=InternalIP',
      '--metric-resolution=15s',
    ],
    // It is ready only after its second measurement; nobody but the autoscaler waits for that.
    ready: () => answersOk(`https://${network.hostAddress}:${ports.metrics}/livez`),
  }
}
