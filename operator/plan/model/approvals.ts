// Whose word counts for a version at a stage: bound to the digest and the judgement they looked at, once a person, for a while.
import { annotation } from '../../api/contract.ts'
import type { Decision } from '../../api/decision.ts'
import { seconds } from '../../api/fields.ts'
import type { Approvals } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { otherDigest, otherJudgement } from './binding.ts'
import type { Challenge } from './gaterun/challenge.ts'

export interface Entrance extends Challenge {
  now: Date
}

export interface Count {
  required: number
  /** The Decisions that count, one for each person, the earliest first. */
  counted: Decision[]
  /** Whoever submitted the training must not approve, and who that is cannot be told. */
  isAuthorUnknown: boolean
  /** When the first of them ceases to count. */
  until?: Date
}

/** Of the pending Decisions. A stage without approvals needs none. */
export const count = (entrance: Entrance, decisions: readonly Decision[]): Count => {
  const { approvals } = entrance.stage
  if (!approvals) return { required: 0, counted: [], isAuthorUnknown: false }
  const valid = decisions.filter(decision => isAbout(decision, entrance) && objection(decision, entrance) === undefined)
  const counted = valid.filter((decision, index) => valid.findIndex(({ spec }) => spec.by === decision.spec.by) === index)
  const ends = counted.map(decision => expiry(decision, approvals).getTime())
  return {
    required: approvals.required,
    counted,
    isAuthorUnknown: approvals.notAuthor && authorOf(entrance.version) === undefined,
    ...(ends.length > 0 && { until: new Date(Math.min(...ends)) }),
  }
}

const isAbout = ({ spec }: Decision, { stage, version }: Entrance): boolean =>
  spec.action === 'Approve' && spec.stage === stage.name && spec.version === version.spec.version

const expiry = ({ metadata }: Decision, { expireAfter }: Approvals): Date =>
  new Date(Date.parse(metadata.creationTimestamp) + seconds(expireAfter) * 1000)

/** Undefined as well for a service account: whoever may use it could hide behind its name. */
const authorOf = ({ metadata }: ModelVersion): string | undefined => {
  const name = metadata.annotations?.[annotation.submittedBy]
  return name?.startsWith('system:serviceaccount:') ? undefined : name
}

/** Why a Decision comes to nothing: what it was about has changed, or it is not possible. */
export interface Objection {
  outcome: 'Void' | 'Refused'
  message: string
}

export const objection = ({ spec, metadata }: Decision, entrance: Entrance): Objection | undefined => {
  const { stage, version, now } = entrance
  const { approvals } = stage
  if (!approvals) return refused(`${stage.name} asks for no approvals: promote the version instead`)
  // An approval that is bound to nothing is bound to something else.
  const { digest = 'nothing', gateRun = 'nothing' } = spec
  const change = otherDigest({ digest }, version) ?? otherJudgement({ gateRun }, entrance)
  if (change) return changed(`${change}: look at the version and approve again`)
  const end = expiry({ spec, metadata } as Decision, approvals)
  if (end <= now) return changed(`it expired at ${end.toISOString()}: approve again if it still holds`)
  const { groups } = approvals
  if (groups && !groups.some(group => spec.groups?.includes(group)))
    return refused(`only members of ${groups.join(', ')} approve for ${stage.name}, and it names ${spec.groups?.join(', ') || 'no group'}`)
  if (approvals.notAuthor && authorOf(version) === spec.by)
    return refused(`${spec.by} submitted the training of version ${version.spec.version}, and ${stage.name} asks for another person`)
  return undefined
}

export const refused = (message: string): Objection => ({ outcome: 'Refused', message })

export const changed = (message: string): Objection => ({ outcome: 'Void', message })
