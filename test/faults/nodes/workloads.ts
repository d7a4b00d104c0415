// The controllers of Kubernetes that the operator's objects need to live and to go, by their names for the controller manager.

export const WORKLOAD_CONTROLLERS = [
  'deployment-controller',
  'replicaset-controller',
  'job-controller',
  'ttl-after-finished-controller',
  'garbage-collector-controller',
  'namespace-controller',
  'persistentvolumeclaim-protection-controller',
  'disruption-controller',
] as const
