// The kinds that a scenario may leave something of, as the API server addresses them.
import {
  autoscalers,
  claims,
  configMaps,
  decisions,
  deployments,
  disruptionBudgets,
  inferenceServices,
  ingresses,
  jobs,
  models,
  modelVersions,
  networkPolicies,
  pods,
  services,
  trainingJobs,
} from '../../../operator/controllers/resources.ts'
import type { ResourceRef } from '../../../operator/runtime/shape.ts'

export const replicaSets: ResourceRef = { apiVersion: 'apps/v1', kind: 'ReplicaSet', plural: 'replicasets', namespaced: true }

/** Those that are compared field by field. */
export const compared: readonly ResourceRef[] = [
  trainingJobs,
  models,
  modelVersions,
  decisions,
  inferenceServices,
  jobs,
  configMaps,
  claims,
  deployments,
  services,
  autoscalers,
  disruptionBudgets,
  networkPolicies,
  ingresses,
]

/** Those of which only the number counts, for their names are drawn by lot. */
export const counted: readonly ResourceRef[] = [replicaSets, pods]
