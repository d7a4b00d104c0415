// The Services: a stable one for clients, whose selector names the entry version, and one for each version.
import { port } from '../../api/contract.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { labels, versionSelector } from './labels.ts'
import { versionName } from './world.ts'

/** One write of this selector moves all clients from one version to another; no pod is restarted for it. */
export const entryService = (service: InferenceService, entry: number): KubeObject =>
  clusterService(service, { name: service.metadata.name, version: entry, tagged: labels(service) })

export const versionService = (service: InferenceService, version: number): KubeObject =>
  clusterService(service, { name: versionName(service, version), version, tagged: labels(service, version) })

const clusterService = (service: InferenceService, o: { name: string; version: number; tagged: Record<string, string> }): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: o.name, namespace: service.metadata.namespace, labels: o.tagged },
  spec: {
    type: 'ClusterIP',
    selector: versionSelector(service, o.version),
    ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: port.http }],
  },
})

/** Address inside the cluster. */
export const address = (service: InferenceService): string => `http://${service.metadata.name}.${service.metadata.namespace}.svc`
