// The scheduler, as it comes.
import { kubeconfigFor } from '../kubeconfig.ts'
import { type ClusterLayout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

export async function scheduler(layout: ClusterLayout): Promise<Part> {
  const { pki, ports, name } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, { user: 'system:kube-scheduler' })
  return {
    name: 'kube-scheduler',
    argv: [
      layout.binaries['kube-scheduler'],
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${ports.scheduler}`,
      '--leader-elect=false',
      '--profiling=false',
    ],
    ready: () => answersOk(`https://127.0.0.1:${ports.scheduler}/healthz`),
  }
}
