// Decides how the fields of our POST become fields of our apply. The API server books a POST as an `Update` of ours, which a later
// apply does not take over: a field removed from the plan would stay for ever. Turning the entry into `Apply` once repairs that.
import type { PatchStep } from './client.ts'
import { type Fields, union, without } from './fields.ts'
import type { KubeObject, ManagedFields } from './shape.ts'
import { isOfMainResource } from './strip.ts'

const isOurs = (entry: ManagedFields, manager: string): boolean => entry.manager === manager && isOfMainResource(entry)

export const needsAdoption = (live: KubeObject, manager: string): boolean =>
  live.metadata.managedFields?.some(entry => isOurs(entry, manager) && entry.operation === 'Update') ?? false

/** Written through the scale subresource alone: an apply that once claimed it would reset it to 1 by leaving it out. */
const scaled = ['spec', 'replicas']

export const adoptionOf = (live: KubeObject, manager: string): PatchStep[] => {
  const entries = live.metadata.managedFields ?? []
  const mine = entries.filter(entry => isOurs(entry, manager))
  const newest = mine.find(entry => entry.operation === 'Apply') ?? mine[0]
  if (!newest) return []
  const fieldsV1 = mine.map(entry => (entry.fieldsV1 ?? {}) as Fields).reduce(union, {})
  const adopted: ManagedFields = { ...newest, operation: 'Apply', fieldsV1: without(fieldsV1, scaled) }
  return [
    { op: 'replace', path: '/metadata/managedFields', value: [...entries.filter(entry => !isOurs(entry, manager)), adopted] },
    // A precondition: somebody else's write in between makes this a 409.
    { op: 'replace', path: '/metadata/resourceVersion', value: live.metadata.resourceVersion },
  ]
}
