// Decides what a Decision says: about which stage, bound to which bundle and judgement, in whose name.
import type { Action, DecisionSpec } from '../api/decision.ts'
import { needsHolder } from '../api/gate.ts'
import type { Model } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { digestOf } from '../api/versionbundle.ts'
import { gateRunOf } from '../plan/model/gaterun/challenge.ts'
import { ARCHIVED, NONE } from '../plan/model/moves.ts'
import type { Flags } from './arguments.ts'
import type { DecisionName } from './commands.ts'
import { Failure, UsageError } from './failure.ts'
import { archivedFrom, checkedStage, ladderOf, nextStage, standing, topHeld } from './ladder.ts'

export interface Person {
  username: string
  groups: readonly string[]
}

export interface Subject {
  model: Model
  /** Absent for what is said about a model as a whole. */
  version?: ModelVersion
}

const actions: Record<DecisionName, Action> = {
  approve: 'Approve',
  reject: 'Reject',
  promote: 'Promote',
  bypass: 'Bypass',
  archive: 'Archive',
  restore: 'Restore',
  rollback: 'Rollback',
  release: 'Release',
}

export const decisionOf = (command: DecisionName, subject: Subject, asked: { person: Person; flags: Flags }): DecisionSpec => {
  const { model, version } = subject
  const { person, flags } = asked
  const stage = flags.stage ? checkedStage(model, flags.stage) : defaultStage(command, subject)
  const groups = groupsThatCount(model, stage, person)
  return {
    action: actions[command],
    model: model.metadata.name,
    stage,
    ...(version && { version: version.spec.version, digest: digestOf(version), ...judgement(command, { model, version, stage }) }),
    ...(flags.to && { version: numberOf(flags.to) }),
    ...(flags.reason && { reason: flags.reason }),
    by: person.username,
    ...(version && groups.length > 0 && { groups }),
  }
}

/** Only what was decided because of a judgement is void when there is another one. */
const judgement = (
  command: DecisionName,
  { model, version, stage }: Required<Subject> & { stage: string },
): Pick<DecisionSpec, 'gateRun'> => {
  if (command !== 'approve' && command !== 'promote') return {}
  const { metadata, spec, status } = version
  const beyond = model.spec.stages.find(({ name }) => name === stage && name !== nextStage(model, standing(model, spec.version)))
  // The status of a version names the judgement of its next stage only.
  if (beyond && !beyond.gates?.some(needsHolder)) return { gateRun: gateRunOf({ stage: beyond, version, holder: undefined }) }
  if (status?.gateRun && !beyond) return { gateRun: status.gateRun }
  if (command === 'promote') return {}
  if (beyond) throw new Failure(`${metadata.name} is compared for ${stage} once it stands right before it: approve it then`)
  throw new Failure(
    `${metadata.name} has not been judged yet (status.gateRun is empty), so there is nothing to approve: look again shortly`,
  )
}

const groupsThatCount = ({ spec }: Model, stage: string, { groups }: Person): string[] =>
  (spec.stages.find(({ name }) => name === stage)?.approvals?.groups ?? []).filter(group => groups.includes(group))

const numberOf = (written: string): number => {
  const [, number] = /^(?:.*-v|v)?([1-9][0-9]{0,6})$/.exec(written) ?? []
  if (number === undefined) throw new UsageError(`--to is ${JSON.stringify(written)}: give the number of a version, such as 4`)
  return Number(number)
}

const defaultStage = (command: DecisionName, { model, version }: Subject): string => {
  if (!version) return topHeld(model) ?? (ladderOf(model).at(-1) as string)
  const at = standing(model, version.spec.version)
  const found = stageFrom(command, { model, version }, at)
  if (found !== undefined) return found
  throw new Failure(`${version.metadata.name} stands in ${at}, so there is ${lacking(command)}`)
}

const stageFrom = (command: DecisionName, { model, version }: Required<Subject>, at: string): string | undefined => {
  const held = at === NONE || at === ARCHIVED ? undefined : at
  if (command === 'archive') return held
  const before = at === ARCHIVED ? archivedFrom(model, version.spec.version) : undefined
  if (command === 'restore') return before
  return nextStage(model, at) ?? (command === 'reject' ? (before ?? held) : undefined)
}

const lacking = (command: DecisionName): string => {
  if (command === 'archive') return 'no stage for it to leave'
  if (command === 'restore') return 'no stage known to restore it to: name one with --stage'
  return 'no next stage: name one with --stage'
}
