// kube-proxy: makes the addresses of Services work, for pods on the node and for this machine through the node.
import { join } from 'node:path'
import { kubeconfigFor } from '../kubeconfig.ts'
import { type ClusterLayout, nodeName, onNode, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

const HEALTH_PORT = 10256

export async function kubeproxy(layout: ClusterLayout): Promise<Part> {
  const { folder, network, pki, name } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, { user: 'system:kube-proxy' })
  const config = join(folder, 'kube-proxy.json')
  const content = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'nftables',
    clusterCIDR: network.podSubnet,
    hostnameOverride: nodeName(name),
    clientConnection: { kubeconfig },
    healthzBindAddress: `${network.nodeAddress}:${HEALTH_PORT}`,
    // The table of connections belongs to the whole machine, so its size is not ours to set.
    conntrack: { maxPerCore: 0, min: 0 },
  }
  return {
    name: 'kube-proxy',
    argv: onNode(folder, [layout.binaries['kube-proxy'], `--config=${config}`]),
    files: { [config]: JSON.stringify(content, null, 2) },
    ready: () => answersOk(`http://${network.nodeAddress}:${HEALTH_PORT}/livez`),
  }
}
