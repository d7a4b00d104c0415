// Decides whether a pod is ready, by the one condition that the kubelet keeps for it.
import type { Pod } from '../observed.ts'

export const isReady = (pod: Pod): boolean =>
  pod.status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True') ?? false
