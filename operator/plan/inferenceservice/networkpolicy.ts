// The NetworkPolicy: clients may reach the port of the server, and a server has nobody to talk to.
import { port } from '../../api/contract.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { labels, serviceSelector } from './labels.ts'

export const networkPolicy = (service: InferenceService): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: service.metadata.name, namespace: service.metadata.namespace, labels: labels(service) },
  spec: {
    podSelector: { matchLabels: serviceSelector(service) },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ ports: [{ protocol: 'TCP', port: port.http }] }],
  },
})
