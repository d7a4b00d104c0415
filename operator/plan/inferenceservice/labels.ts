// Labels of children: what selectors match on, and what people filter by.
import { label } from '../../api/contract.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'

/** Matches every pod of a service. */
export const serviceSelector = (service: InferenceService): Record<string, string> => ({
  [label.inferenceService]: service.metadata.name,
})

/** Matches the pods of one version of a service. */
export const versionSelector = (service: InferenceService, version: number): Record<string, string> => ({
  ...serviceSelector(service),
  [label.version]: String(version),
})

export const labels = (service: InferenceService, version?: number): Record<string, string> => ({
  [label.managedBy]: 'tidegate',
  [label.name]: 'model-server',
  [label.model]: service.spec.model,
  ...(version === undefined ? serviceSelector(service) : versionSelector(service, version)),
})
