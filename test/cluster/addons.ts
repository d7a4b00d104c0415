// What a cluster holds before anyone uses it: name service, metrics, storage and ingress classes.
import { run } from './command.ts'
import { type ClusterLayout, nodeName } from './layout.ts'
import { PROVISIONER, STORAGE_CLASS } from './volumes/localvolume.ts'

type Target = { name: string; clusterIP?: string; port: number; targetPort: number; protocols: string[] }

/** Tells the API server about the parts that run outside of it; again and again with the same result. */
export async function applyAddons(layout: ClusterLayout, kubeconfig: string): Promise<void> {
  const { network, ports } = layout
  const items = [
    storageClass(),
    ingressClass(),
    ...service(layout, {
      name: 'kube-dns',
      clusterIP: network.dnsAddress,
      port: 53,
      targetPort: ports.dns,
      protocols: ['UDP', 'TCP'],
    }),
    ...service(layout, { name: 'metrics-server', port: 443, targetPort: ports.metrics, protocols: ['TCP'] }),
    metricsApi(),
  ]
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=test-cluster', '-f', '-']
  await run([layout.binaries.kubectl, '--kubeconfig', kubeconfig, ...apply], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
    purpose: 'describing the add-ons to the API server',
  })
}

/** Waits until pods can be scheduled. */
export async function untilNodeReady(layout: ClusterLayout, kubeconfig: string): Promise<void> {
  const kubectl = (...args: string[]) =>
    run([layout.binaries.kubectl, '--kubeconfig', kubeconfig, ...args], { purpose: `waiting for node ${nodeName(layout.name)}` })
  // The first "wait" ends when the kubelet has introduced itself.
  await kubectl('wait', '--for=create', `node/${nodeName(layout.name)}`, '--timeout=120s')
  await kubectl('wait', '--for=condition=Ready', `node/${nodeName(layout.name)}`, '--timeout=120s')
}

// A Service without a selector, in front of a program on this machine.
function service(layout: ClusterLayout, { name, clusterIP, port, targetPort, protocols }: Target): object[] {
  const metadata = { name, namespace: 'kube-system' }
  const named = protocols.map(protocol => ({ name: protocol.toLowerCase(), protocol }))
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { clusterIP, ports: named.map(one => ({ ...one, port, targetPort })) } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'test-cluster' } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [layout.network.hostAddress], conditions: { ready: true } }],
      ports: named.map(one => ({ ...one, port: targetPort })),
    },
  ]
}

function metricsApi(): object {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: 'v1beta1.metrics.k8s.io' },
    spec: {
      group: 'metrics.k8s.io',
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
    },
  }
}

function storageClass(): object {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: PROVISIONER,
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
}

function ingressClass(): object {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'traefik', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
    spec: { controller: 'traefik.io/ingress-controller' },
  }
}
