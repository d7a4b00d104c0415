// Which pods are behind the address of a service, and were until so long ago that a status may still name them.
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import type { Mirror } from './moment.ts'
import { entryPods } from './servingpods.ts'

/** The time that a watch and a pass in flight may take: what is written now was read so long ago. */
export const SPREAD_MS = 2000

export interface Behind {
  /** Takes down who is there now. */
  note(at: number, service: KubeObject, world: Mirror): void
  /** As of the last note. */
  of(service: KubeObject): KubeObject[]
}

export const createBehind = (): Behind => {
  /** By uid of the service, then of the pod. */
  const known = new Map<string, Map<string, { pod: KubeObject; lastAt: number }>>()
  return {
    note(at, service, world) {
      const { uid = '' } = service.metadata
      const pods = known.get(uid) ?? new Map()
      known.set(uid, pods)
      for (const pod of entryPods(service, world)) pods.set(pod.metadata.uid ?? '', { pod, lastAt: at })
      for (const [pod, { lastAt }] of pods) if (lastAt < at - SPREAD_MS) pods.delete(pod)
    },
    of: service => [...(known.get(service.metadata.uid ?? '')?.values() ?? [])].map(({ pod }) => pod),
  }
}
