// What keeps a version from a stage right now: the first thing a person should know, and until when it holds.
import type { Reason } from '../../api/conditions.ts'
import type { Decision } from '../../api/decision.ts'
import { seconds } from '../../api/fields.ts'
import type { ModelSpec } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { frozen } from '../calendar/freeze.ts'
import { count } from './approvals.ts'
import { type Challenge, gateRunOf } from './gaterun/challenge.ts'
import { isOpen, measurementOf, retryAt } from './gaterun/measured.ts'
import { failures } from './gaterun/verdicts.ts'
import type { Unimported } from './importing/words.ts'
import { indexOf, NONE } from './moves.ts'
import { holdOf, type Registry, rejectionOf, standing } from './registry.ts'

export interface Obstacle {
  reason: Reason
  message: string
  /** When it is worth another look. */
  until?: Date
  /** Nothing happens until a person acts. */
  isStalled?: boolean
}

/** A version before a stage. */
export interface Door extends Challenge {
  spec: ModelSpec
  registry: Registry
  /** The pending ones. */
  decisions: readonly Decision[]
  now: Date
  /** Why a Job that is to judge does not get ahead. */
  trouble: (challenge: Challenge) => string | undefined
  /** What keeps a version from having a bundle. */
  unimported: (version: ModelVersion) => Unimported | undefined
}

type Look = (door: Door) => Obstacle | undefined

/** Before anything else that a gate could say: there is nothing to be judged. */
const unimported: Look = door => door.unimported(door.version)

const gates: Look = door => {
  const failed = failures(door, door.now)
  if (failed.length === 0) return undefined
  const measured = measurementOf(door)
  const until = measured && retryAt(measured)
  return {
    reason: 'GatesFailed',
    message: `not in ${door.stage.name}: ${failed.map(({ message }) => message).join('; ')}`,
    ...(until && { until }),
  }
}

/** Gates that are only told keep nobody out, but they are judged before a version enters, or never. */
const unmeasured: Look = door => {
  if (!isOpen(door, door.now)) return undefined
  const trouble = door.trouble(door)
  return { reason: 'Measuring', message: `the gates of ${door.stage.name} are being judged${trouble ? `, but ${trouble}` : ''}` }
}

const rejected: Look = ({ registry, version }) => {
  const rejection = rejectionOf(registry, version.spec.version)
  return rejection && { reason: 'Rejected', message: `rejected by ${rejection.by}: ${rejection.reason}` }
}

/** A newer version at or above a stage: automation never puts an older one beside or below it. */
const newer: Look = ({ spec, registry, stage, version }) => {
  const ahead = spec.stages
    .slice(indexOf(spec, stage.name))
    .map(({ name }) => registry.holders[name])
    .find(holder => holder !== undefined && holder > version.spec.version)
  return ahead === undefined ? undefined : { reason: 'Superseded', message: `version ${ahead} is ahead of it` }
}

/** Its run left a better one. Whoever wants it nevertheless says so, or serves it by its number. */
const runnerUp: Look = ({ version }) => {
  const { rank = 1, run } = version.spec.source ?? {}
  return rank === 1
    ? undefined
    : {
        reason: 'RunnerUp',
        message: `is number ${rank} of run ${run}, and only the best climbs by itself: promote it, or serve it by version`,
      }
}

/** Neither into a stage on hold nor out of it: both would undo what a person decided. */
const held: Look = ({ registry, stage, version }) => {
  const hold = holdOf(registry, stage.name) ?? holdOf(registry, standing(registry, version.spec.version))
  return (
    hold && {
      reason: 'OnHold',
      message: `${hold.stage} is on hold since ${hold.by} decided (${hold.reason}): release it, or promote this version`,
    }
  )
}

const soaking: Look = ({ registry, stage, version, now }) => {
  if (!stage.soak) return undefined
  const at = standing(registry, version.spec.version)
  const began = Date.parse((at === NONE ? undefined : registry.since[at]) ?? version.metadata.creationTimestamp)
  const until = new Date(began + seconds(stage.soak) * 1000)
  return until <= now
    ? undefined
    : { reason: 'Soaking', message: `may enter ${stage.name} from ${minute(until)} on, after ${stage.soak} below it`, until }
}

const inFreeze: Look = ({ stage, now }) => {
  const found = frozen(stage.freeze ?? [], now)
  if (!found) return undefined
  if ('problem' in found) return { reason: 'ConfigInvalid', message: `${stage.name} cannot be entered: ${found.problem}` }
  return { reason: 'Frozen', message: `${stage.name} is frozen until ${minute(found.until)}`, until: found.until }
}

const unapproved: Look = door => {
  const { stage } = door
  const { required, counted, isAuthorUnknown, until } = count(door, door.decisions)
  if (required > 0 && isAuthorUnknown)
    return {
      reason: 'AuthorUnverified',
      message: `nobody can approve for ${stage.name}: it asks for another person than the author, and who that is was not stamped, or is a service account`,
    }
  if (counted.length >= required) return undefined
  const names = counted.map(({ spec }) => spec.by).join(', ')
  return {
    reason: 'AwaitingApproval',
    message: `waits for approval for ${stage.name}: ${counted.length} of ${required}${names && ` (${names})`}; gate run ${gateRunOf(door)}`,
    ...(until && { until }),
  }
}

const manual: Look = ({ stage }) =>
  stage.automatic ? undefined : { reason: 'Held', message: `passed the gates of ${stage.name}, which is not automatic: promote it` }

const looks = {
  climb: [rejected, unimported, gates, newer, runnerUp, unmeasured, held, soaking, inFreeze, unapproved, manual],
  Promote: [unimported, gates, unmeasured, soaking, inFreeze, unapproved],
  Restore: [unimported, gates, unmeasured, inFreeze, unapproved],
} satisfies Record<string, Look[]>

/** By itself, or by the word of a person; a bypass and a rollback meet no obstacle. */
export const obstacle = (cause: keyof typeof looks, door: Door): Obstacle | undefined => {
  for (const look of looks[cause]) {
    const found = look(door)
    if (found) return found
  }
  return undefined
}

const minute = (time: Date): string => `${time.toISOString().slice(0, 16)}Z`
