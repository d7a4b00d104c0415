// Decides what counts as "another computation": the digest of the fields that a result depends on, and of nothing else.
//
// Fields at their default do not count. The API server adds the defaults of new fields to objects stored long ago,
// and an upgrade of the schema must not train every model again.
import { TrainingJob, type TrainingJobSpec } from '../../api/trainingjob.ts'
import { sha256 } from '../sha256.ts'

interface Node {
  default?: unknown
  properties?: Record<string, Node>
  additionalProperties?: Node
  items?: Node
}

export const specDigest = (spec: TrainingJobSpec): string => {
  const { model, task, data, candidates, crossValidation, register, compute, stopAfter } = spec
  const computed = { model, task, data, candidates, crossValidation, register, compute: { image: compute.image }, stopAfter }
  return `sha256:${sha256(JSON.stringify(essence(TrainingJob.spec as Node, computed)) ?? '')}`
}

/** A copy without what is absent or at its default, keys in order; undefined when nothing is left of an object. */
const essence = (node: Node, value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(item => essence(node.items ?? {}, item) ?? null)
  if (typeof value !== 'object' || value === null) return value === node.default ? undefined : value
  const kept = Object.entries(value)
    .map(([key, item]) => [key, essence(node.properties?.[key] ?? node.additionalProperties ?? {}, item)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return kept.length === 0 && node.default !== undefined ? undefined : Object.fromEntries(kept)
}
