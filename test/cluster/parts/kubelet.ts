// The kubelet of the one node, with folders, certificates and a control group of its own.
import { join } from 'node:path'
import { kubeconfigFor } from '../kubeconfig.ts'
import { CLUSTER_DOMAIN, type ClusterLayout, cgroupRoot, containerdSocket, nodeName, onNode, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { caFile, issue } from '../pki.ts'
import { answersOk } from '../probe.ts'

const HEALTH_PORT = 10248

export async function kubelet(layout: ClusterLayout): Promise<Part> {
  const { folder, network, pki, name } = layout
  const node = nodeName(name)
  const user = { user: `system:node:${node}`, groups: ['system:nodes'] }
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, user)
  const config = join(folder, 'kubelet.json')
  return {
    name: 'kubelet',
    argv: onNode(folder, [
      layout.binaries.kubelet,
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${node}`,
      `--node-ip=${network.nodeAddress}`,
      `--root-dir=${join(folder, 'kubelet')}`,
    ]),
    files: { [config]: JSON.stringify(await kubeletConfig(layout), null, 2) },
    ready: () => answersOk(`http://${network.nodeAddress}:${HEALTH_PORT}/healthz`),
  }
}

async function kubeletConfig({ folder, network, pki, name }: ClusterLayout): Promise<object> {
  const node = nodeName(name)
  const serving = await issue(pki, { file: 'kubelet', user: node, names: [`DNS:${node}`, `IP:${network.nodeAddress}`] })
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: { anonymous: { enabled: false }, webhook: { enabled: true }, x509: { clientCAFile: caFile(pki) } },
    authorization: { mode: 'Webhook' },
    tlsCertFile: serving.cert,
    tlsPrivateKeyFile: serving.key,
    healthzBindAddress: network.nodeAddress,
    healthzPort: HEALTH_PORT,
    containerRuntimeEndpoint: `unix://${containerdSocket(folder)}`,
    podLogsDir: join(folder, 'podlogs'),
    // Two kubelets below one group would each remove the pods of the other.
    cgroupRoot: cgroupRoot(folder),
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    clusterDNS: [network.dnsAddress],
    clusterDomain: CLUSTER_DOMAIN,
    resolvConf: '/etc/resolv.conf',
    maxPods: 110,
    // The disk is the developer's: nearly full is no reason to throw pods out, and images were expensive.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
  }
}
