// Decides whether somebody else changed what we want of an object. Who owns which field tells it, not the values:
// values come back normalised (1000m is 1), defaulted and converted, ownership does not.
//
//   A  another writer owns a field we want, and we do not  → they changed it
//   B  nobody owns a field we want, and it is not there    → they removed it
//   C  we and another writer own it                        → they agree with us; no drift
//   D  a foreign field we do not want                      → theirs (a restart annotation); no drift
import { type Fields, intoField, intoItem, isWhole, itemLike } from './fields.ts'
import type { KubeObject, ManagedFields } from './shape.ts'
import { isOfMainResource } from './strip.ts'

/** One place in the wanted object, what stands there in the live one, and who owns it. */
interface Place {
  path: string
  wanted: unknown
  live: unknown
  ours: Fields[]
  theirs: Fields[]
}

/** Identity is not owned by anybody. */
const identity = new Set(['.apiVersion', '.kind', '.metadata.name', '.metadata.namespace', '.metadata.uid'])

const isEmpty = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** A false, a zero or something empty may be left out by the API server: its absence is not news. */
const mayBeAbsent = (value: unknown): boolean =>
  value === undefined || value === null || value === false || value === 0 || value === '' || isEmpty(value)

const isLeaf = (value: unknown): boolean => typeof value !== 'object' || value === null || isEmpty(value)

const walk = (place: Place): string[] => {
  const { path, wanted, live, ours, theirs } = place
  if (identity.has(path)) return []
  // They own the whole value, and we own nothing of it.
  if (ours.length === 0 && theirs.some(isWhole)) return [path]
  if (isLeaf(wanted)) return live !== undefined || mayBeAbsent(wanted) ? [] : [path]
  return inside(place).flatMap(walk)
}

const inside = ({ path, wanted, live, ours, theirs }: Place): Place[] => {
  // An empty node is either a value owned as one (an atomic list) or the shell of a map whose fields were all taken from us;
  // what others own inside it, and what is there at all, tells the two apart.
  const owned = ours.filter(node => !isWhole(node))
  const asOne = ours.filter(isWhole)
  if (Array.isArray(wanted)) {
    return wanted.map((item: unknown, at) => ({
      path: `${path}[${at}]`,
      wanted: item,
      live: itemLike(live, { item, at, nodes: [...owned, ...theirs] }),
      ours: [...asOne, ...intoItem(owned, item, at)],
      theirs: intoItem(theirs, item, at),
    }))
  }
  return Object.entries(wanted as Record<string, unknown>).map(([name, item]) => {
    const theirsHere = intoField(theirs, name)
    // Where another one owns a part of it, our shell says nothing about that part.
    const shell = theirsHere.length > 0 ? [] : asOne
    return {
      path: `${path}.${name}`,
      wanted: item,
      live: (live as Record<string, unknown> | undefined)?.[name],
      ours: [...shell, ...intoField(owned, name)],
      theirs: theirsHere,
    }
  })
}

const fieldsOf = (entries: ManagedFields[]): Fields[] => entries.flatMap(entry => (entry.fieldsV1 ? [entry.fieldsV1 as Fields] : []))

/** Paths of the wanted object that are no longer as we left them. An object without entries (never recorded, or not kept) tells nothing. */
export const driftOf = (wanted: KubeObject, live: KubeObject, manager: string): string[] => {
  const entries = live.metadata.managedFields?.filter(isOfMainResource)
  if (!entries || entries.length === 0) return []
  const ours = fieldsOf(entries.filter(entry => entry.manager === manager))
  const theirs = fieldsOf(entries.filter(entry => entry.manager !== manager))
  return walk({ path: '', wanted, live, ours, theirs })
}
