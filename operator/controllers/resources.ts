// The kinds that the operator reads or writes, as the API server addresses them.
import { label } from '../api/contract.ts'
import { API_VERSION } from '../api/resource.ts'
import type { ResourceRef } from '../runtime/shape.ts'
import type { WatchedKind } from '../runtime/spec.ts'

const namespaced = (apiVersion: string, kind: string, plural: string): ResourceRef => ({ apiVersion, kind, plural, namespaced: true })

export const trainingJobs = namespaced(API_VERSION, 'TrainingJob', 'trainingjobs')
export const models = namespaced(API_VERSION, 'Model', 'models')
export const modelVersions = namespaced(API_VERSION, 'ModelVersion', 'modelversions')
export const decisions = namespaced(API_VERSION, 'Decision', 'decisions')
export const inferenceServices = namespaced(API_VERSION, 'InferenceService', 'inferenceservices')

export const pods = namespaced('v1', 'Pod', 'pods')
export const configMaps = namespaced('v1', 'ConfigMap', 'configmaps')
export const claims = namespaced('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims')
export const services = namespaced('v1', 'Service', 'services')
export const events = namespaced('v1', 'Event', 'events')
export const jobs = namespaced('batch/v1', 'Job', 'jobs')
export const deployments = namespaced('apps/v1', 'Deployment', 'deployments')
export const autoscalers = namespaced('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers')
export const ingresses = namespaced('networking.k8s.io/v1', 'Ingress', 'ingresses')
export const networkPolicies = namespaced('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies')
export const disruptionBudgets = namespaced('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets')

/** What is followed of a kind: everything, or one namespace of it; and of shared kinds only what Tidegate made. */
export const within = (kind: ResourceRef, namespace: string | undefined, labelSelector?: string): WatchedKind => ({
  ...kind,
  selection: { ...(namespace && { namespace }), ...(labelSelector && { labelSelector }) },
})

export const OURS = `${label.managedBy}=tidegate`
