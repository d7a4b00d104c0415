// Decides which claims get a volume, and what that volume looks like: a folder on the one node.
import { join } from 'node:path'
import type { ApiObject } from './apiclient.ts'

export const STORAGE_CLASS = 'local'
export const PROVISIONER = 'tidegate.io/test-local-volumes'

const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
// A folder has one node, so only one node can read or write it.
const POSSIBLE_MODES = ['ReadWriteOnce', 'ReadWriteOncePod']

export type Claim = ApiObject & {
  spec: { storageClassName?: string; volumeName?: string; accessModes?: string[]; resources?: { requests?: { storage?: string } } }
  status?: { phase?: string }
}

export type Volume = ApiObject & {
  spec: { persistentVolumeReclaimPolicy?: string; local?: { path: string } }
  status?: { phase?: string }
}

export type Place = { node: string; folder: string }

/** Whether this claim waits for us: the scheduler has chosen our node for its first pod. */
export function wantsVolume(claim: Claim, node: string): boolean {
  const { spec, status, metadata } = claim
  if (spec.storageClassName !== STORAGE_CLASS || spec.volumeName || status?.phase === 'Bound') return false
  return metadata.annotations?.[SELECTED_NODE] === node
}

/** What keeps the claim from ever being served, if anything. */
export function obstacle(claim: Claim): string | undefined {
  const bad = (claim.spec.accessModes ?? []).filter(mode => !POSSIBLE_MODES.includes(mode))
  return bad.length > 0 ? `access mode ${bad.join(', ')} is not possible with storage class ${STORAGE_CLASS}; use ReadWriteOnce` : undefined
}

/** The volume for a claim; not a hostPath, because that ignores a pod's fsGroup. */
export function volume(claim: Claim, place: Place): Volume & object {
  const name = `pvc-${claim.metadata.uid}`
  const { namespace, name: claimName, uid } = claim.metadata
  const onNode = { key: 'kubernetes.io/hostname', operator: 'In', values: [place.node] }
  const spec = {
    storageClassName: STORAGE_CLASS,
    capacity: { storage: claim.spec.resources?.requests?.storage ?? '1Gi' },
    accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Delete',
    claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claimName, uid },
    local: { path: join(place.folder, name) },
    nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [onNode] }] } },
  }
  return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name, annotations: { [PROVISIONED_BY]: PROVISIONER } }, spec } as Volume
}

/** Whether a volume's claim is gone and the folder can go, too. */
export function isReleased({ metadata, spec, status }: Volume): boolean {
  const ours = metadata.annotations?.[PROVISIONED_BY] === PROVISIONER
  return ours && status?.phase === 'Released' && spec.persistentVolumeReclaimPolicy === 'Delete'
}

/** The event that tells a claim's owner why it stays unbound. */
export function failure(claim: Claim, message: string): object {
  const { namespace, name, uid } = claim.metadata
  const now = new Date().toISOString()
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { generateName: `${name}.`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid },
    type: 'Warning',
    reason: 'ProvisioningFailed',
    message,
    source: { component: PROVISIONER },
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  }
}
