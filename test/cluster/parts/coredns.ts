// CoreDNS: runs on this machine, where the machine's own name servers can be reached, and answers pods through a Service.
import { join } from 'node:path'
import { kubeconfigFor } from '../kubeconfig.ts'
import { CLUSTER_DOMAIN, type ClusterLayout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

export async function coredns(layout: ClusterLayout): Promise<Part> {
  const { folder, network, pki, name, ports } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, { user: 'coredns', groups: ['system:masters'] })
  const corefile = join(folder, 'Corefile')
  const content = `.:${ports.dns} {
  bind ${network.hostAddress}
  errors
  health ${network.hostAddress}:${ports.dnsHealth}
  kubernetes ${CLUSTER_DOMAIN} in-addr.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
    fallthrough in-addr.arpa
    ttl 5
  }
  cache 5
  forward . /etc/resolv.conf
}
`
  return {
    name: 'coredns',
    argv: [layout.binaries.coredns, '-conf', corefile],
    files: { [corefile]: content },
    ready: () => answersOk(`http://${network.hostAddress}:${ports.dnsHealth}/health`),
  }
}
