// Who may climb: versions enter stage after stage while the gates let them, and at most one holds each stage.
import type { ModelSpec, ModelStatus, Move, Stage } from '../../api/model.ts'
import type { GateResult, ModelVersion } from '../../api/modelversion.ts'
import { judge } from './gate.ts'

export const NONE = 'None'
export const ARCHIVED = 'Archived'
export const HISTORY_LENGTH = 100

/** The registry of one model: what Model.status keeps. */
export interface Registry {
  holders: Record<string, number>
  archived: number[]
  lastVersion: number
  history: Move[]
}

export const registryOf = (status: ModelStatus | undefined): Registry => ({
  holders: { ...status?.holders },
  archived: [...(status?.archived ?? [])],
  lastVersion: status?.lastVersion ?? 0,
  history: [...(status?.history ?? [])],
})

export const standing = (registry: Registry, version: number): string =>
  Object.entries(registry.holders).find(([, holder]) => holder === version)?.[0] ?? (registry.archived.includes(version) ? ARCHIVED : NONE)

/** The stage above the one where a version stands, if there is one to enter. */
export const nextStage = (spec: ModelSpec, stage: string): Stage | undefined => {
  if (stage === NONE) return spec.stages[0]
  const index = spec.stages.findIndex(each => each.name === stage)
  return index < 0 ? undefined : spec.stages[index + 1]
}

export const verdicts = (stage: Stage, version: ModelVersion): GateResult[] =>
  (stage.gates ?? []).map(gate => judge(stage.name, gate, version.spec.evaluation.metrics))

/** A newer version at or above a stage: automation never puts an older one beside or below it. */
export const newerAtOrAbove = (spec: ModelSpec, registry: Registry, entry: { stage: string; version: number }): number | undefined => {
  const from = spec.stages.findIndex(each => each.name === entry.stage)
  return spec.stages
    .slice(from)
    .map(each => registry.holders[each.name])
    .find(holder => holder !== undefined && holder > entry.version)
}

/**
 * Lets every version climb as far as it may, oldest first, so that the end does not depend on how many were seen at once.
 * The registry that comes back is written in one status update: the only commit point of a move.
 */
export const climb = (spec: ModelSpec, start: Registry, world: { versions: readonly ModelVersion[]; now: Date }): Registry => {
  const alive = world.versions.filter(version => !version.metadata.deletionTimestamp)
  const ordered = [...alive].sort((a, b) => a.spec.version - b.spec.version)
  const existing = new Set(world.versions.map(version => version.spec.version))
  const pruned = { ...start, archived: start.archived.filter(version => existing.has(version)) }
  const climbed = ordered.reduce((registry, version) => climbOne(spec, registry, { version, now: world.now }), pruned)
  return { ...climbed, lastVersion: Math.max(climbed.lastVersion, ...existing) }
}

const climbOne = (spec: ModelSpec, start: Registry, step: { version: ModelVersion; now: Date }): Registry => {
  let registry = start
  for (let stage = enterable(spec, registry, step.version); stage; stage = enterable(spec, registry, step.version)) {
    registry = enter(registry, stage, step)
  }
  return registry
}

const enterable = (spec: ModelSpec, registry: Registry, version: ModelVersion): Stage | undefined => {
  const at = standing(registry, version.spec.version)
  const stage = at === ARCHIVED ? undefined : nextStage(spec, at)
  if (!stage?.automatic) return undefined
  if (newerAtOrAbove(spec, registry, { stage: stage.name, version: version.spec.version })) return undefined
  return verdicts(stage, version).every(gate => gate.verdict === 'Pass') ? stage : undefined
}

const enter = (registry: Registry, stage: Stage, step: { version: ModelVersion; now: Date }): Registry => {
  const { version, digest } = step.version.spec
  const from = standing(registry, version)
  const previous = registry.holders[stage.name]
  const at = step.now.toISOString()
  const passed = verdicts(stage, step.version).map(gate => gate.message)
  const reason = (passed.length > 0 ? passed.join('; ') : `${stage.name} has no gates`).slice(0, 512)
  const entered: Move = { version, from, to: stage.name, actor: 'tidegate', reason, digest, at }
  const left: Move[] =
    previous === undefined
      ? []
      : [
          {
            version: previous,
            from: stage.name,
            to: ARCHIVED,
            actor: 'tidegate',
            reason: `replaced by version ${version}`,
            digest: digestOf(registry, previous),
            at,
          },
        ]
  const { [from]: _, ...others } = registry.holders
  return {
    ...registry,
    holders: { ...others, [stage.name]: version },
    archived: previous === undefined ? registry.archived : [...registry.archived, previous],
    history: [entered, ...left, ...registry.history].slice(0, HISTORY_LENGTH),
  }
}

/** A holder entered its stage in a move that carried its digest, so the history knows it even when the version is gone. */
const digestOf = (registry: Registry, version: number): string => registry.history.find(move => move.version === version)?.digest ?? ''
