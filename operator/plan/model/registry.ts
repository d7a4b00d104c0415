// The registry of one model, as Model.status keeps it, and the one way in which a version changes its place.
import {
  type Answer,
  type Delivered,
  HISTORY_LIMIT,
  type Hold,
  type ModelStatus,
  type Move,
  type Rejection,
  type Retirement,
} from '../../api/model.ts'
import { ARCHIVED, NONE, placeOf } from './moves.ts'

/** Who moves a version when no person asked for it. */
export const AUTOMATION = 'tidegate'

export interface Registry {
  /** Version by stage. */
  holders: Record<string, number>
  /** When each holder entered, by stage. */
  since: Record<string, string>
  holds: Hold[]
  rejected: Rejection[]
  archived: number[]
  lastVersion: number
  /** The newest first. */
  history: Move[]
  answered: Answer[]
  retired: Retirement[]
  /** What retention has done. */
  retention?: NonNullable<ModelStatus['retention']>
  /** Of the moves that are older than the history. */
  ledger?: NonNullable<ModelStatus['ledger']>
  /** How far the sink of events has been told; kept while there is no sink, so that one that comes back goes on there. */
  delivered?: Delivered
}

export const registryOf = (status: ModelStatus | undefined): Registry => ({
  holders: { ...status?.holders },
  since: { ...status?.since },
  holds: [...(status?.holds ?? [])],
  rejected: [...(status?.rejected ?? [])],
  archived: [...(status?.archived ?? [])],
  lastVersion: status?.lastVersion ?? 0,
  history: [...(status?.history ?? [])],
  answered: [...(status?.answered ?? [])],
  retired: [...(status?.retired ?? [])],
  ...(status?.retention && { retention: status.retention }),
  ...(status?.ledger && { ledger: status.ledger }),
  ...(status?.delivered && { delivered: status.delivered }),
})

/** The stage that a version holds, or Archived, or None. */
export const standing = (registry: Registry, version: number): string =>
  Object.entries(registry.holders).find(([, holder]) => holder === version)?.[0] ?? (registry.archived.includes(version) ? ARCHIVED : NONE)

/** One more move may add two lines; without room for them it waits until older ones are in the ledger. */
export const hasRoom = ({ history }: Registry): boolean => history.length <= HISTORY_LIMIT - 2

/** A move as it is asked for; where it begins is seen in the registry. */
export type Step = Omit<Move, 'from' | 'at'> & { now: Date; left?: string }

/** Whoever held the place before is archived by the same write, for the reason `left`. */
export const moved = (registry: Registry, { now, left, ...step }: Step): Registry => {
  const from = standing(registry, step.version)
  const at = now.toISOString()
  const previous = registry.holders[step.to]
  const replaced = previous === undefined || previous === step.version ? [] : [previous]
  const moves: Move[] = [
    { ...step, from, at },
    ...replaced.map(version => ({
      version,
      from: step.to,
      to: ARCHIVED,
      actor: step.actor,
      reason: left ?? `replaced by version ${step.version}`,
      digest: digestOf(registry, version),
      ...(step.decisions && { decisions: step.decisions }),
      at,
    })),
  ]
  const isStage = placeOf(step.to) === 'Stage'
  const archived = [...registry.archived.filter(version => version !== step.version), ...replaced]
  return {
    ...registry,
    holders: { ...without(registry.holders, from), ...(isStage && { [step.to]: step.version }) },
    since: { ...without(registry.since, from), ...(isStage && { [step.to]: at }) },
    archived: step.to === ARCHIVED ? [...archived, step.version] : archived,
    rejected: isStage ? registry.rejected.filter(({ version }) => version !== step.version) : registry.rejected,
    history: [...moves, ...registry.history],
  }
}

const without = <Value>(record: Record<string, Value>, key: string): Record<string, Value> => {
  const { [key]: _, ...others } = record
  return others
}

/** A holder entered its stage in a move that carried its digest, so the history knows it even when the version is gone. */
const digestOf = (registry: Registry, version: number): string => registry.history.find(move => move.version === version)?.digest ?? ''

export const holdOf = (registry: Registry, stage: string): Hold | undefined => registry.holds.find(hold => hold.stage === stage)

export const rejectionOf = (registry: Registry, version: number): Rejection | undefined =>
  registry.rejected.find(rejection => rejection.version === version)

export const retirementOf = (registry: Registry, version: number): Retirement | undefined =>
  registry.retired.find(retirement => retirement.version === version)

/** Versions that held this stage and were archived from it, the latest first. */
export const formerHolders = (registry: Registry, stage: string): number[] => [
  ...new Set(
    registry.history.flatMap(({ version, from, to }) =>
      from === stage && to === ARCHIVED && registry.archived.includes(version) ? [version] : [],
    ),
  ),
]
