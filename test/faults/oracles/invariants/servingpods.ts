// Which pods answer the clients of an InferenceService, and what its status says of them.
import type { InferenceServiceStatus } from '../../../../operator/api/inferenceservice.ts'
import type { Pod } from '../../../../operator/plan/observed.ts'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import type { Mirror } from './moment.ts'

export const statusOf = (service: KubeObject): InferenceServiceStatus => (service['status'] ?? {}) as InferenceServiceStatus

export const saysReady = (service: KubeObject): boolean =>
  statusOf(service).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

/** As Kubernetes chooses endpoints: selected by the stable Service, ready, and not on their way out. */
export const entryPods = (service: KubeObject, world: Mirror): Pod[] => {
  const { namespace = '', name } = service.metadata
  const stable = world.get('Service', namespace, name) as { spec?: { selector?: Record<string, string> } } | undefined
  const selector = Object.entries(stable?.spec?.selector ?? {})
  if (selector.length === 0) return []
  return world.list('Pod', namespace).filter(pod => answers(pod) && selector.every(([key, value]) => pod.metadata.labels?.[key] === value))
}

const answers = (pod: Pod): boolean =>
  !pod.metadata.deletionTimestamp && (pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false)
