// The few fields of Kubernetes' own objects that plans look at, as plain JSON: everything may be missing, because others write them.
import type { KubeObject } from '../runtime/shape.ts'

export interface ContainerState {
  waiting?: { reason?: string; message?: string }
  running?: { startedAt?: string }
  terminated?: { exitCode: number; reason?: string; message?: string; signal?: number; finishedAt?: string; startedAt?: string }
}

export interface ContainerStatus {
  name: string
  ready?: boolean
  restartCount?: number
  image?: string
  state?: ContainerState
  lastState?: ContainerState
}

export interface ObservedCondition {
  type: string
  status: string
  reason?: string
  message?: string
  lastTransitionTime?: string
}

export interface Pod extends KubeObject {
  spec?: {
    nodeName?: string
    containers?: { name: string; image?: string; env?: { name: string; value?: string }[] }[]
    activeDeadlineSeconds?: number
  }
  status?: {
    phase?: string
    reason?: string
    message?: string
    podIP?: string
    startTime?: string
    conditions?: ObservedCondition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}

export interface Job extends KubeObject {
  spec?: { suspend?: boolean; ttlSecondsAfterFinished?: number }
  status?: {
    active?: number
    succeeded?: number
    failed?: number
    startTime?: string
    completionTime?: string
    conditions?: ObservedCondition[]
  }
}

export interface Deployment extends KubeObject {
  spec?: { replicas?: number; template?: { spec?: { containers?: { image?: string }[] } } }
  status?: {
    observedGeneration?: number
    replicas?: number
    readyReplicas?: number
    updatedReplicas?: number
    availableReplicas?: number
    conditions?: ObservedCondition[]
  }
}

export interface Service extends KubeObject {
  spec?: { selector?: Record<string, string>; clusterIP?: string }
}

export interface Claim extends KubeObject {
  spec?: { accessModes?: string[]; storageClassName?: string; volumeName?: string }
  status?: { phase?: string }
}

export interface Ingress extends KubeObject {
  status?: { loadBalancer?: { ingress?: { ip?: string; hostname?: string }[] } }
}

export interface Autoscaler extends KubeObject {
  spec?: { minReplicas?: number }
  status?: { desiredReplicas?: number; currentReplicas?: number }
}

/** A core Event; only failed creations of pods are read, because a Job has no condition that says so. */
export interface CreationFailure extends KubeObject {
  involvedObject?: { kind?: string; name?: string; namespace?: string; uid?: string }
  reason?: string
  message?: string
  lastTimestamp?: string
  eventTime?: string
}
