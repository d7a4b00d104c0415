// How many test rows a comparison would need, so that "Inconclusive" comes with a way out.
import { Z95 } from './tango.ts'

const Z80 = 0.8416212335729143

/**
 * Rows with which a lower end above −margin is found with 80% power when the true difference is zero:
 * n = (z₀.₉₇₅ + z₀.₈₀)² σ² / margin², the usual size of a non-inferiority trial (Julious 2004), with σ² the variance that one
 * row brings to the difference. For accuracy σ² is the share of rows on which exactly one model is right (Lu and Bean 1995 under
 * equality; Tango 1998), for the others rows × (bootstrap standard error)².
 * Never fewer than Tango's interval needs when no row differs at all: z²/(n+z²) < margin. Of rows that count less than one, so many
 * more; `variance` is then that of such a row.
 */
export const rowsNeeded = (variance: number, { margin, effect = 1 }: { margin: number; effect?: number }): number | undefined => {
  if (!(margin > 0 && Number.isFinite(variance))) return undefined
  return Math.ceil(Math.max(((Z95 + Z80) ** 2 * variance) / margin ** 2, effect * Z95 ** 2 * (1 / margin - 1)))
}
