// Decides whether somebody else changed what we want of an object, from who owns which field, not from values:
// values come back normalised (1000m is 1), defaulted and converted, ownership does not.
//
//   A  another writer owns a field we want, and we do not  → they changed it
//   B  nobody owns a field we want                         → it was removed
//   C  we and another writer own it                        → they agree with us; no drift
//   D  a foreign field we do not want                      → theirs (a restart annotation); no drift
import { type Fields, intoField, intoItem, isWhole } from './fields.ts'
import type { KubeObject, ManagedFields } from './shape.ts'
import { isOfMainResource } from './strip.ts'

interface Owned {
  ours: Fields[]
  theirs: Fields[]
}

/** Identity is not owned by anybody. */
const identity = new Set(['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace', '.metadata.uid'])

/** A false, a zero or something empty may be left out by the API server on a POST: nobody owning it is not news. */
const mayBeDropped = (value: unknown): boolean =>
  value === undefined || value === null || value === false || value === 0 || value === '' || isEmpty(value)

const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0

const walkLeaf = (value: unknown, { ours, theirs }: Owned, path: string): string[] => {
  if (ours.length > 0) return []
  return theirs.length > 0 || !mayBeDropped(value) ? [path] : []
}

const walk = (value: unknown, owned: Owned, path: string): string[] => {
  if (identity.has(path) || owned.ours.some(isWhole)) return []
  if (typeof value !== 'object' || value === null || isEmpty(value)) return walkLeaf(value, owned, path)
  if (owned.theirs.some(isWhole) && owned.ours.length === 0) return [path]
  if (Array.isArray(value)) {
    return value.flatMap((item, at) =>
      walk(item, { ours: intoItem(owned.ours, item, at), theirs: intoItem(owned.theirs, item, at) }, `${path}[${at}]`),
    )
  }
  return Object.entries(value).flatMap(([name, item]) =>
    walk(item, { ours: intoField(owned.ours, name), theirs: intoField(owned.theirs, name) }, `${path}.${name}`),
  )
}

const fieldsOf = (entries: ManagedFields[]): Fields[] => entries.flatMap(entry => (entry.fieldsV1 ? [entry.fieldsV1 as Fields] : []))

/** Paths of the wanted object that we no longer own. An object without entries (never recorded, or not kept) tells nothing. */
export const driftOf = (wanted: KubeObject, live: KubeObject, manager: string): string[] => {
  const entries = live.metadata.managedFields?.filter(isOfMainResource)
  if (!entries || entries.length === 0) return []
  const ours = fieldsOf(entries.filter(entry => entry.manager === manager))
  const theirs = fieldsOf(entries.filter(entry => entry.manager !== manager))
  return walk(wanted, { ours, theirs }, '')
}
