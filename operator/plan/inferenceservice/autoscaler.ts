// The HorizontalPodAutoscaler of one version; after a change of version its minimum stays where the old one ran for one stabilisation window.
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { KubeObject } from '../../runtime/shape.ts'
import { labels } from './labels.ts'
import { type ServiceWorld, versionName } from './world.ts'

export const STABILISATION_SECONDS = 300

export const autoscaler = (service: InferenceService, version: number, minReplicas: number): KubeObject => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: versionName(service, version), namespace: service.metadata.namespace, labels: labels(service, version) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: versionName(service, version) },
    minReplicas,
    maxReplicas: service.spec.autoscaling.max,
    metrics: [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: service.spec.autoscaling.cpu } } },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: STABILISATION_SECONDS } },
  },
})

/** How many pods a version must have before clients are moved to it: as many as answer them now. */
export const neededReplicas = ({ object, seen }: ServiceWorld, from: number): number => {
  const { min, max } = object.spec.autoscaling
  const current = seen.deployments.find(d => d.metadata.name === versionName(object, from))?.spec?.replicas ?? 0
  return Math.min(Math.max(min, current), max)
}

/** Seconds until the raised minimum of a version may fall back to that of the spec; 0 when it may now. */
export const raisedFor = ({ object, seen, now }: ServiceWorld, version: number): number => {
  const { min, max } = object.spec.autoscaling
  const live = seen.autoscalers.find(a => a.metadata.name === versionName(object, version))
  const raised = Math.min(live?.spec?.minReplicas ?? 0, max)
  if (!live || raised <= min) return 0
  const since = Date.parse(live.metadata.creationTimestamp ?? '')
  return Math.max(0, Math.ceil(STABILISATION_SECONDS - (now.getTime() - since) / 1000)) || 0
}

/** The minimum of the version that answers clients. */
export const entryMinimum = (world: ServiceWorld, version: number): number => {
  const { min, max } = world.object.spec.autoscaling
  const live = world.seen.autoscalers.find(a => a.metadata.name === versionName(world.object, version))?.spec?.minReplicas ?? min
  return raisedFor(world, version) > 0 ? Math.min(live, max) : min
}
