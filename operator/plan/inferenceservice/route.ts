// The Ingress in front of the stable Service, and the address that it gives.
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { labels } from './labels.ts'
import { address } from './service.ts'

export const route = (service: InferenceService): KubeObject[] => {
  const { ingress } = service.spec
  if (!ingress) return []
  const { name, namespace } = service.metadata
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace, labels: labels(service) },
      spec: {
        ...(ingress.className && { ingressClassName: ingress.className }),
        ...(ingress.tls && { tls: [{ hosts: [ingress.host], secretName: ingress.tls.secretName }] }),
        rules: [
          {
            ...(ingress.host && { host: ingress.host }),
            http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port: { name: 'http' } } } }] },
          },
        ],
      },
    },
  ]
}

/** What a client types: the host of the Ingress, else the address inside the cluster. */
export const url = (service: InferenceService): string => {
  const { ingress } = service.spec
  return ingress?.host ? `${ingress.tls ? 'https' : 'http'}://${ingress.host}` : address(service)
}
