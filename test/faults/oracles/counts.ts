// Decides whether the operator made and removed exactly what it makes and removes without faults: nothing twice, nothing gone and back.
import type { Write } from '../../cluster/auditlog.ts'
import { withoutNamespace } from './normaltext.ts'

export interface Count {
  created: number
  deleted: number
}

/** By resource and name, such as `jobs iris-run-1`. */
export type Counts = Readonly<Record<string, Count>>

/** Only what the API server granted: a request that was sent twice and won once made one object. */
export const countsOf = (writes: readonly Write[]): Counts => {
  const counts: Record<string, Count> = {}
  for (const { verb, resource, name, namespace, code } of writes) {
    if (code < 200 || code > 299 || resource.includes('/') || !(verb === 'create' || verb === 'delete')) continue
    const what = `${resource} ${withoutNamespace(name, namespace)}`
    counts[what] ??= { created: 0, deleted: 0 }
    counts[what][verb === 'create' ? 'created' : 'deleted'] += 1
  }
  return counts
}

const NEVER: Count = { created: 0, deleted: 0 }

/** One line for each object that was made or removed more or less often than in the reference. */
export const countDifference = (reference: Counts, seen: Counts): string[] =>
  [...new Set([...Object.keys(reference), ...Object.keys(seen)])].toSorted().flatMap(what => {
    const [wanted, had] = [reference[what] ?? NEVER, seen[what] ?? NEVER]
    if (wanted.created === had.created && wanted.deleted === had.deleted) return []
    return [`${what}: ${told(wanted)} in the reference, ${told(had)} now`]
  })

const told = ({ created, deleted }: Count): string => `created ${created} and deleted ${deleted} times`
