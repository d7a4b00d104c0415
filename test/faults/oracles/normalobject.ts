// Decides how an object reads that is to be compared between two runs: everything that people or programs can rely on, and nothing drawn by lot.
//
// Left out: uid, resourceVersion, times of creation, and managedFields, whose entries tell how an object came about, not what it is.
// Left out, too: collisionCount, by which the Deployment controller counts that the garbage collector was slower than it with an earlier ReplicaSet.
// Kept, but under other names: uids (by the object they belong to), times (TIME), how far an observedGeneration lags.
import { annotation } from '../../../operator/api/contract.ts'
import type { KubeObject, ObjectMeta } from '../../../operator/runtime/shape.ts'
import { type Known, normalSentence, normalText } from './normaltext.ts'

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json }

interface Scope {
  known: Known
  unknown: Map<string, string>
  generation: number
}

export const normalObject = (object: KubeObject, known: Known): Json => {
  const { apiVersion: _, kind: __, metadata, ...content } = object
  const scope: Scope = { known, unknown: new Map(), generation: metadata.generation ?? 0 }
  return normal({ metadata: kept(metadata), ...content } as Json, '', scope)
}

const kept = ({ labels, annotations, finalizers, ownerReferences, generation, deletionTimestamp }: ObjectMeta): object =>
  defined({ labels, annotations: annotations && marked(annotations), finalizers, ownerReferences, generation, deletionTimestamp })

/** The digest of what was applied covers the namespace and the owner's uid, so only its presence can be compared. */
const marked = (annotations: Record<string, string>): Record<string, string> =>
  annotation.applied in annotations ? { ...annotations, [annotation.applied]: 'DIGEST' } : annotations

const defined = (record: object): object => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))

const normal = (value: Json, field: string, scope: Scope): Json => {
  if (typeof value === 'string') return (field === 'message' ? normalSentence : normalText)(value, scope.known, scope.unknown)
  if (field === 'observedGeneration' && typeof value === 'number') return lag(scope.generation - value)
  if (Array.isArray(value)) return value.map(item => normal(item, field, scope))
  if (value === null || typeof value !== 'object') return value
  const fields = Object.entries(value)
    .filter(([name]) => name !== 'collisionCount')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(fields.map(([name, inner]) => [normalText(name, scope.known, scope.unknown), normal(inner, name, scope)]))
}

const lag = (behind: number): string => (behind === 0 ? 'CURRENT' : `${behind} BEHIND`)
