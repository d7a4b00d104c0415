// Decides how moments are read and written: UTC unless a zone is named.
import { UsageError } from './failure.ts'

const WRITTEN = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2}(?:\.\d+)?)?)?(Z|[+-]\d{2}:\d{2})?$/i

/** A date alone is its beginning. */
export const momentOf = (written: string): Date => {
  const [, day, minutes = '00:00', rest = ':00', zone = 'Z'] = WRITTEN.exec(written.trim()) ?? []
  const moment = new Date(`${day}T${minutes}${rest}${zone.toUpperCase()}`)
  // 31 February would silently become 2 or 3 March.
  const isDay = day !== undefined && new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day)
  if (!isDay || Number.isNaN(moment.getTime()))
    throw new UsageError(`--at is ${JSON.stringify(written)}: write 2026-10-01, 2026-10-01T14:30 or 2026-10-01T14:30+02:00`)
  return moment
}

const SECONDS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3600 }

/** `30s`, `2m`, `45` or `0`, in milliseconds. */
export const waitOf = (written: string): number => {
  const [, number, unit = ''] = /^(\d{1,6})([smh]?)$/.exec(written) ?? []
  if (number === undefined) throw new UsageError(`--wait is ${JSON.stringify(written)}: write 30s, 2m, or 0 to not wait`)
  return Number(number) * (SECONDS[unit] ?? 1) * 1000
}

/** `2026-10-01 14:30:05Z`: to the second, and the zone is said. */
export const stamp = (written: string | Date | undefined): string => {
  const moment = new Date(written ?? Number.NaN)
  return Number.isNaN(moment.getTime())
    ? ''
    : moment
        .toISOString()
        .replace('T', ' ')
        .replace(/\.\d+Z$/, 'Z')
}

/** As kubectl writes ages: `45s`, `12m`, `5h`, `3d`. */
export const age = (written: string | undefined, now: Date): string => {
  const seconds = Math.max(0, Math.floor((now.getTime() - Date.parse(written ?? '')) / 1000))
  if (Number.isNaN(seconds)) return ''
  const [size, unit] = (
    [
      [86_400, 'd'],
      [3600, 'h'],
      [60, 'm'],
    ] as const
  ).find(([each]) => seconds >= each * 2) ?? [1, 's']
  return `${Math.floor(seconds / size)}${unit}`
}
