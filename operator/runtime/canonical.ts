// Decides when two values are the same JSON: key order, undefined and null do not count.
import { hash } from 'node:crypto'

/** A copy without null and undefined, keys sorted: what the API server would keep of it. */
export const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(item => canonical(item) ?? null)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const record = value as Record<string, unknown>
  const pairs: [string, unknown][] = []
  for (const key of Object.keys(record).sort()) {
    const item = canonical(record[key])
    if (item !== undefined) pairs.push([key, item])
  }
  return Object.fromEntries(pairs)
}

export const digestOf = (value: unknown): string => digestOfCanonical(canonical(value))

/** For a value that `canonical` gave: to sort it once more costs more than the digest. */
export const digestOfCanonical = (value: unknown): string => hash('sha256', JSON.stringify(value) ?? '', 'hex').slice(0, 32)

export const isSameJson = (a: unknown, b: unknown): boolean => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b))

/** Everything of `part` stands in `whole`; `whole` may say more. Lists must agree item by item. */
export const includes = (whole: unknown, part: unknown): boolean => {
  if (part === undefined || part === null) return true
  if (Array.isArray(part)) {
    return Array.isArray(whole) && whole.length === part.length && part.every((item, at) => includes(whole[at], item))
  }
  if (typeof part === 'object') {
    if (typeof whole !== 'object' || whole === null) return Object.keys(part).length === 0
    return Object.entries(part).every(([key, item]) => includes((whole as Record<string, unknown>)[key], item))
  }
  return whole === part
}
