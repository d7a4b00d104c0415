// The API server: RBAC, pod security admission, the aggregation layer, and an audit log that tests count writes in.
import { join } from 'node:path'
import { auditLog, type Layout, serverUrl } from '../layout.ts'
import type { Part } from '../part.ts'
import { caFile, issue } from '../pki.ts'
import { answersOk } from '../probe.ts'
import { etcdUrl } from './etcd.ts'

export type ApiServerOptions = {
  /** Without controllers nobody makes service accounts, so pods must do without one. */
  serviceAccounts: boolean
  /** A bare API server announces no address of itself: nobody reaches it through a Service. */
  announced: boolean
}

// Who changed what: one line per write, without bodies. Heartbeats of nodes would be most of the file and say nothing.
const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', userGroups: ['system:nodes'], resources: [{ group: 'coordination.k8s.io', resources: ['leases'] }] },
    { level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

export async function apiserver(layout: Layout, options: ApiServerOptions): Promise<Part> {
  const { ca, serving, client, front } = await certificates(layout)
  const policy = join(layout.folder, 'audit-policy.json')
  return {
    name: 'kube-apiserver',
    argv: [
      layout.binaries['kube-apiserver'],
      `--etcd-servers=${etcdUrl(layout)}`,
      `--bind-address=${layout.address}`,
      `--secure-port=${layout.ports.apiserver}`,
      ...(options.announced ? [`--advertise-address=${layout.address}`] : ['--endpoint-reconciler-type=none']),
      `--service-cluster-ip-range=${layout.serviceSubnet}`,
      `--tls-cert-file=${serving.cert}`,
      `--tls-private-key-file=${serving.key}`,
      `--client-ca-file=${ca}`,
      `--kubelet-client-certificate=${client.cert}`,
      `--kubelet-client-key=${client.key}`,
      '--kubelet-preferred-address-types=InternalIP',
      '--authorization-mode=Node,RBAC',
      '--enable-admission-plugins=NodeRestriction',
      '--allow-privileged',
      ...serviceAccountFlags(layout, options),
      ...aggregationFlags(ca, front),
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${auditLog(layout)}`,
      '--audit-log-maxsize=1000',
      '--profiling=false',
    ],
    files: { [policy]: JSON.stringify(AUDIT_POLICY, null, 2) },
    ready: () => answersOk(`${serverUrl(layout)}/readyz`, { ca, ...client }),
  }
}

async function certificates({ pki, address, kubernetesAddress }: Layout) {
  const names = ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'].map(name => `DNS:${name}`)
  const addresses = [...new Set(['127.0.0.1', address, kubernetesAddress])].map(ip => `IP:${ip}`)
  return {
    ca: caFile(pki),
    serving: await issue(pki, { file: 'apiserver', user: 'kube-apiserver', names: [...names, ...addresses] }),
    client: await issue(pki, { file: 'apiserver-client', user: 'kube-apiserver-client', groups: ['system:masters'] }),
    front: await issue(pki, { file: 'front-proxy', user: 'front-proxy-client' }),
  }
}

function serviceAccountFlags({ pki }: Layout, { serviceAccounts }: ApiServerOptions): string[] {
  return [
    `--service-account-key-file=${join(pki.folder, 'sa.pub')}`,
    `--service-account-signing-key-file=${join(pki.folder, 'sa.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
  ]
}

// Metrics are served by a program behind the API server, which must believe the names that the API server passes on.
function aggregationFlags(ca: string, front: { cert: string; key: string }): string[] {
  return [
    `--requestheader-client-ca-file=${ca}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    `--proxy-client-cert-file=${front.cert}`,
    `--proxy-client-key-file=${front.key}`,
    '--enable-aggregator-routing',
  ]
}
