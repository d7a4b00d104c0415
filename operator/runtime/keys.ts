// Decides how objects are named inside the runtime: the key in a queue, the reference in a message, the owner in an index.
import type { Key, KubeObject, ObjectRef, OwnerReference } from './shape.ts'

export const keyOf = (object: KubeObject): Key => `${object.metadata.namespace ?? ''}/${object.metadata.name}`

export const parseKey = (key: Key): { namespace: string; name: string } => {
  const slash = key.indexOf('/')
  return { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

export const refOf = (object: KubeObject): ObjectRef => ({
  apiVersion: object.apiVersion,
  kind: object.kind,
  ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
  name: object.metadata.name,
})

/** One string per object of the cluster, whatever version of its kind is spoken: `apps/Deployment/namespace/name`. */
export const refKey = (ref: ObjectRef): string => `${kindKey(ref)}/${ref.namespace ?? ''}/${ref.name}`

/** A kind without its version, so that `autoscaling/v1` and `autoscaling/v2` name one cache. */
export const kindKey = (kind: { apiVersion: string; kind: string }): string =>
  kind.apiVersion.includes('/') ? `${kind.apiVersion.slice(0, kind.apiVersion.indexOf('/'))}/${kind.kind}` : `/${kind.kind}`

/** The one owner that controls an object. Annotations and owners of a foreign object can be anything: absent lists are fine. */
export const controllerOf = (object: KubeObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find(owner => owner.controller === true)
