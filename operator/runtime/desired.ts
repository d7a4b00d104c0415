// Decides the exact object that is sent for a child: cleaned, placed, owned, and marked with the digest of all that.
import { canonical, digestOfCanonical } from './canonical.ts'
import type { Child, KubeObject, OwnerReference } from './shape.ts'

export interface Desired {
  object: KubeObject
  digest: string
}

export interface DesiredOptions {
  owner: KubeObject | undefined
  appliedAnnotation: string
}

const ownerReference = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: owner.metadata.uid ?? '',
  controller: true,
  blockOwnerDeletion: true,
})

/** What only the API server writes must not be claimed by us, even if a plan was built from a live object. */
const serverSide = new Set(['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'managedFields', 'selfLink'])

const cleaned = (object: KubeObject): KubeObject => {
  const { status: _, ...rest } = object
  const metadata = Object.fromEntries(Object.entries(object.metadata).filter(([name]) => !serverSide.has(name)))
  return { ...rest, metadata } as KubeObject
}

const owned = (object: KubeObject, owner: KubeObject | undefined): KubeObject => {
  const { kind, metadata } = object
  if (!owner?.metadata.uid)
    throw new Error(`${kind} ${metadata.name} needs an owner, but the key has no primary object: use mode create or keep`)
  if ((metadata.namespace ?? '') !== (owner.metadata.namespace ?? '')) {
    throw new Error(
      `${kind} ${metadata.namespace}/${metadata.name} cannot be owned from namespace ${owner.metadata.namespace}: use mode create or keep`,
    )
  }
  return { ...object, metadata: { ...metadata, ownerReferences: [ownerReference(owner)] } }
}

export const desired = (child: Child, { owner, appliedAnnotation }: DesiredOptions): Desired => {
  const object = cleaned(child.object)
  const isOwned = (child.mode ?? 'apply') === 'apply'
  const complete = canonical(isOwned ? owned(object, owner) : object) as KubeObject
  const digest = digestOfCanonical(complete)
  if (!isOwned) return { object: complete, digest }
  const annotations = { ...complete.metadata.annotations, [appliedAnnotation]: digest }
  return { object: { ...complete, metadata: { ...complete.metadata, annotations } }, digest }
}
