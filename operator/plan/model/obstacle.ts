// What keeps a version from a stage right now: the first thing a person should know, and until when it holds.
import type { Reason } from '../../api/conditions.ts'
import type { Decision } from '../../api/decision.ts'
import { seconds } from '../../api/fields.ts'
import type { ModelSpec, Stage } from '../../api/model.ts'
import type { GateResult, ModelVersion } from '../../api/modelversion.ts'
import { frozen } from '../calendar/freeze.ts'
import { count } from './approvals.ts'
import { judge } from './gate.ts'
import { gateRunOf } from './gaterun.ts'
import { indexOf, NONE } from './moves.ts'
import { holdOf, type Registry, rejectionOf, standing } from './registry.ts'

export interface Obstacle {
  reason: Reason
  message: string
  /** When it is worth another look. */
  until?: Date
}

/** A version before a stage. */
export interface Door {
  spec: ModelSpec
  registry: Registry
  stage: Stage
  version: ModelVersion
  /** The pending ones. */
  decisions: readonly Decision[]
  now: Date
}

type Look = (door: Door) => Obstacle | undefined

export const verdicts = (stage: Stage, version: ModelVersion): GateResult[] =>
  (stage.gates ?? []).map(gate => judge(stage.name, gate, version.spec.evaluation))

/** Those that keep a version out: nothing but Pass lets it through, and a dry run keeps nobody out. */
export const failures = (stage: Stage, version: ModelVersion): GateResult[] =>
  verdicts(stage, version).filter(({ verdict, dryRun }) => verdict !== 'Pass' && !dryRun)

const gates: Look = ({ stage, version }) => {
  const failed = failures(stage, version)
  return failed.length > 0
    ? { reason: 'GatesFailed', message: `not in ${stage.name}: ${failed.map(({ message }) => message).join('; ')}` }
    : undefined
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

const unapproved: Look = ({ stage, version, decisions, now }) => {
  const { required, counted, isAuthorUnknown, until } = count({ stage, version, now }, decisions)
  if (required > 0 && isAuthorUnknown)
    return {
      reason: 'AuthorUnverified',
      message: `nobody can approve for ${stage.name}: it asks for another person than the author, and who that is was not stamped, or is a service account`,
    }
  if (counted.length >= required) return undefined
  const names = counted.map(({ spec }) => spec.by).join(', ')
  return {
    reason: 'AwaitingApproval',
    message: `waits for approval for ${stage.name}: ${counted.length} of ${required}${names && ` (${names})`}; gate run ${gateRunOf(stage, version)}`,
    ...(until && { until }),
  }
}

const manual: Look = ({ stage }) =>
  stage.automatic ? undefined : { reason: 'Held', message: `passed the gates of ${stage.name}, which is not automatic: promote it` }

const looks = {
  climb: [rejected, gates, newer, held, soaking, inFreeze, unapproved, manual],
  Promote: [gates, soaking, inFreeze, unapproved],
  Restore: [gates, inFreeze, unapproved],
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
