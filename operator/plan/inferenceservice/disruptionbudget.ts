// The PodDisruptionBudget: a drained node takes one pod at a time.
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { labels, serviceSelector } from './labels.ts'

export const disruptionBudget = (service: InferenceService): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: service.metadata.name, namespace: service.metadata.namespace, labels: labels(service) },
  spec: { maxUnavailable: 1, selector: { matchLabels: serviceSelector(service) } },
})
