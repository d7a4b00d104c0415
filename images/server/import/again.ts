// Decides whether a bundle is the one that this try made, too: an earlier one may have made it and ended before it was heard.
import type { Manifest } from '../../../operator/api/bundle.ts'

/** Another processor computes other last digits. */
export const isMadeAgain = (found: Manifest, made: Manifest, tolerance: number): boolean => {
  const [one, other] = [partsOf(found), partsOf(made)]
  return JSON.stringify(one.written) === JSON.stringify(other.written) && isNear(one.computed, other.computed, tolerance)
}

const partsOf = ({ golden: { probabilities, ...golden }, metrics, ...rest }: Manifest) => ({
  written: [rest, golden],
  computed: [probabilities, metrics],
})

const isNear = (a: unknown, b: unknown, tolerance: number): boolean => {
  if (typeof a === 'number' && typeof b === 'number') return Math.abs(a - b) <= tolerance
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const [left, right] = [Object.entries(a), new Map<string, unknown>(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => isNear(value, right.get(key), tolerance))
}
