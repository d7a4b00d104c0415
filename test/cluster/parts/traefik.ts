// traefik as Ingress controller: on this machine at a port of 127.0.0.1, and for pods at port 80 of the machine's end of the link.
import { kubeconfigFor } from '../kubeconfig.ts'
import { type ClusterLayout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { answersOk } from '../probe.ts'

export async function traefik(layout: ClusterLayout): Promise<Part> {
  const { network, pki, name, ports } = layout
  const kubeconfig = await kubeconfigFor({ pki, server: serverUrl(layout), name }, { user: 'traefik', groups: ['system:masters'] })
  return {
    name: 'traefik',
    argv: [
      layout.binaries.traefik,
      '--providers.kubernetesingress',
      '--providers.kubernetesingress.ingressclass=traefik',
      `--providers.kubernetesingress.ingressendpoint.ip=${network.hostAddress}`,
      // The default of two seconds would send requests to pods that are gone.
      '--providers.providersthrottleduration=100ms',
      `--entrypoints.web.address=127.0.0.1:${ports.ingress}`,
      `--entrypoints.pods.address=${network.hostAddress}:80`,
      `--entrypoints.health.address=127.0.0.1:${ports.ingressHealth}`,
      '--ping.entrypoint=health',
      '--global.checknewversion=false',
      '--global.sendanonymoususage=false',
      '--log.level=INFO',
      '--log.nocolor',
    ],
    env: { KUBECONFIG: kubeconfig },
    ready: () => answersOk(`http://127.0.0.1:${ports.ingressHealth}/ping`),
  }
}
