// Another API server on the same etcd, whose link to etcd can be held: it then goes on telling what it knew.
import { ADMIN, kubeconfigFor } from './kubeconfig.ts'
import { type Layout, serverUrl } from './layout.ts'
import { startPart } from './part.ts'
import { apiserver } from './parts/apiserver.ts'
import { startRelay } from './relay.ts'

export interface SecondServer {
  server: string
  /** Path of a kubeconfig that may do anything there. */
  kubeconfig: string
  /** From now on it hears nothing of etcd, and etcd nothing of it. */
  freeze(): void
  /** What was held goes on. */
  thaw(): void
}

export const SECOND_SERVER = 'kube-apiserver-second'

/** Started within a control plane, and ended with it. It writes into the same audit log. */
export const startSecondServer = async (layout: Layout): Promise<SecondServer & { close: () => Promise<void> }> => {
  const relay = await startRelay(layout.ports.etcd)
  const own: Layout = { ...layout, ports: { ...layout.ports, etcd: relay.port, apiserver: layout.ports.second } }
  const part = await apiserver(own, { serviceAccounts: false, announced: false })
  await startPart(layout.folder, { ...part, name: SECOND_SERVER })
  const server = serverUrl(own)
  return {
    server,
    kubeconfig: await kubeconfigFor({ pki: layout.pki, server, name: layout.name }, { ...ADMIN, user: 'admin-of-second' }),
    freeze: () => relay.hold(),
    thaw: () => relay.release(),
    close: () => relay.close(),
  }
}
