// Decides when two values are the same JSON: key order, undefined and null do not count.
import { createHash } from 'node:crypto'

/** A copy without null and undefined, keys sorted: what the API server would keep of it. */
export const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(item => canonical(item) ?? null)
  if (typeof value !== 'object' || value === null) return value ?? undefined
  const pairs = Object.entries(value as Record<string, unknown>)
    .map(([key, item]) => [key, canonical(item)] as const)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(pairs)
}

export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(value)) ?? '')
    .digest('hex')
    .slice(0, 32)

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
