// What the Job of a gate run found out, and whether that still counts.

import type { Gate } from '../../../api/gate.ts'
import { needsHolder, needsJob } from '../../../api/gate.ts'
import type { Measurement } from '../../../api/modelversion.ts'
import { type Challenge, gateRunOf } from './challenge.ts'

/** Those that a Job has to judge. When the holder is gone there is nothing to compare with, and no Job would find it. */
export const gatesForJob = ({ stage, holder }: Pick<Challenge, 'stage' | 'holder'>): Gate[] =>
  (stage.gates ?? []).filter(gate => needsJob(gate) && !(needsHolder(gate) && isGone(holder)))

export const isGone = (holder: Challenge['holder']): boolean => holder !== undefined && holder.version === undefined

/** Of this very judgement. */
export const measurementOf = (challenge: Challenge): Measurement | undefined => {
  const gateRun = gateRunOf(challenge)
  return challenge.version.status?.measured?.find(each => each.stage === challenge.stage.name && each.gateRun === gateRun)
}

/** Seconds until a Job that failed without an answer is tried again; an hour from the fifth failure on. */
const PAUSES = [60, 300, 900, 1800]
const LONGEST_PAUSE = 3600

/** When it is worth another try; undefined for one that has its answer. */
export const retryAt = ({ failures, at }: Pick<Measurement, 'failures' | 'at'>): Date | undefined =>
  failures === undefined ? undefined : new Date(Date.parse(at) + (PAUSES[failures - 1] ?? LONGEST_PAUSE) * 1000)

/** Whether a Job has to find out something that is not known, or whose last try failed long enough ago. */
export const isOpen = (challenge: Challenge, now: Date): boolean => {
  if (gatesForJob(challenge).length === 0) return false
  const known = measurementOf(challenge)
  const again = known && retryAt(known)
  return !known || (again !== undefined && again <= now)
}
