// Decides what of an object is worth keeping in memory.
import type { KubeObject, ManagedFields } from './shape.ts'

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Only entries that say who owns spec and metadata matter for drift; status and scale are written by others all the time. */
export const isOfMainResource = (entry: ManagedFields): boolean => !entry.subresource

export interface StripOptions {
  /** Kinds whose drift is looked for keep the entries of their writers. */
  keepManagedFields: boolean
}

/** Changes the object given, which nobody else holds yet. */
export const strip = (object: KubeObject, { keepManagedFields }: StripOptions): KubeObject => {
  const { metadata } = object
  if (metadata.annotations) delete metadata.annotations[lastApplied]
  if (!metadata.managedFields) return object
  if (keepManagedFields) metadata.managedFields = metadata.managedFields.filter(isOfMainResource)
  else delete metadata.managedFields
  return object
}
