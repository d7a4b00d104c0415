// What a retired version says of itself.
import type { Retirement } from '../../../api/model.ts'
import { retryAt } from '../gaterun/measured.ts'
import { keptBack, type RetentionWorld } from './book.ts'
import { troubleOf } from './cleanup.ts'

export const retiredWords = (retirement: Retirement, world: RetentionWorld): string =>
  `retired at ${retirement.at.slice(0, 16)}Z: ${keptBack(retirement, world) ?? nextStep(retirement, world)}`

const nextStep = ({ bundle, job, failures, triedAt, message }: Retirement, world: RetentionWorld): string => {
  if (bundle === 'Kept') return 'another version names its bundle, which stays; this object goes'
  if (bundle) return `its bundle ${bundle === 'Removed' ? 'was removed' : 'was gone already'}; this object goes`
  const trouble = job && troubleOf(job, world)
  if (job) return `its bundle is being removed${trouble ? `, but ${trouble}` : ''}`
  const again = failures && triedAt ? retryAt({ failures, at: triedAt }) : undefined
  if (again) return `its bundle could not be removed: ${message}; it is tried again from ${again.toISOString().slice(0, 16)}Z on`
  return 'its bundle is removed after those before it'
}
