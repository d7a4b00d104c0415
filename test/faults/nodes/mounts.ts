// What a pod needs before its containers can start: its claims, or no node takes it; its ConfigMaps, or the kubelet waits.
import type { Pod } from '../../../operator/plan/observed.ts'
import type { KubeObject, StoreReader } from '../../../operator/runtime/shape.ts'

interface Volume {
  name: string
  persistentVolumeClaim?: { claimName: string }
  configMap?: { name: string; optional?: boolean }
}

export interface Mounts {
  claims: StoreReader
  configMaps: StoreReader
}

/** In the words of the scheduler. */
export const missingClaim = (pod: Pod, { claims }: Mounts): string | undefined => {
  const names = volumesOf(pod).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
  const name = names.find(each => !isThere(claims, pod, each))
  return name && `0/1 nodes are available: persistentvolumeclaim "${name}" not found. not found`
}

export const missingConfigMap = (pod: Pod, { configMaps }: Mounts): string | undefined =>
  volumesOf(pod)
    .flatMap(({ configMap }) => (configMap && !configMap.optional ? [configMap.name] : []))
    .find(name => !isThere(configMaps, pod, name))

/** The text that a container finds under this file name in the ConfigMap of a volume. */
export const mountedText = (pod: Pod, { configMaps }: Mounts, { volume, file }: { volume: string; file: string }): string | undefined => {
  const name = volumesOf(pod).find(each => each.name === volume)?.configMap?.name
  const found = name === undefined ? undefined : configMaps.get(keyIn(pod, name))
  return (found as (KubeObject & { data?: Record<string, string> }) | undefined)?.data?.[file]
}

const volumesOf = (pod: Pod): Volume[] => (pod.spec as { volumes?: Volume[] } | undefined)?.volumes ?? []

const isThere = (store: StoreReader, pod: Pod, name: string): boolean => {
  const found = store.get(keyIn(pod, name))
  return found !== undefined && found.metadata.deletionTimestamp === undefined
}

const keyIn = ({ metadata }: Pod, name: string): string => `${metadata.namespace ?? ''}/${name}`
