// What is said about a Model and each of its versions, from the registry that is about to be committed.
import type { Observation } from '../../api/conditions.ts'
import type { Model, ModelSpec, ModelStatus } from '../../api/model.ts'
import type { GateResult, ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { observed } from '../shape.ts'
import { ARCHIVED, NONE, newerAtOrAbove, nextStage, type Registry, standing, verdicts } from './ladder.ts'

export const modelStatus = (model: Model, registry: Registry, versions: readonly ModelVersion[]): ModelStatus => ({
  observedGeneration: model.metadata.generation,
  holders: registry.holders,
  archived: registry.archived,
  lastVersion: registry.lastVersion,
  history: registry.history,
  conditions: observed(model.metadata.generation, [ready(model.spec, registry, versions)]) as ModelStatus['conditions'],
})

const ready = (spec: ModelSpec, registry: Registry, versions: readonly ModelVersion[]): Observation => {
  const existing = new Set(versions.map(version => version.spec.version))
  const gone = Object.entries(registry.holders).find(([, version]) => !existing.has(version))
  if (gone) {
    return no(
      'HolderMissing',
      `version ${gone[1]} holds ${gone[0]}, but its ModelVersion does not exist: restore the object, or train a version that passes the gates`,
    )
  }
  const strange = Object.entries(registry.holders).find(([stage]) => !spec.stages.some(each => each.name === stage))
  if (strange)
    return no('ConfigInvalid', `version ${strange[1]} holds ${strange[0]}, which is not in spec.stages any more: add the stage again`)
  const held = spec.stages.flatMap(({ name }) =>
    registry.holders[name] === undefined ? [] : [`${name} is held by version ${registry.holders[name]}`],
  )
  const message = held.length > 0 ? held.join(', ') : `no version holds a stage yet; ${versions.length} registered`
  return { type: 'Ready', status: 'True', reason: 'Consistent', message }
}

const no = (reason: Observation['reason'], message: string): Observation => ({ type: 'Ready', status: 'False', reason, message })

/** The status of a version under its Model. */
export const versionStatus = (spec: ModelSpec, registry: Registry, version: ModelVersion): ModelVersionStatus => {
  const stage = standing(registry, version.spec.version)
  const next = stage === ARCHIVED ? undefined : nextStage(spec, stage)
  const gates = spec.stages.flatMap(each => verdicts(each, version))
  const said = next ? judgement(spec, registry, { version, stage, gates: verdicts(next, version) }) : atTheEnd(stage)
  return statusOf(version, { stage, gates, said })
}

/** Without a Model nothing is judged, and the version says which object is missing. */
export const orphanStatus = (version: ModelVersion): ModelVersionStatus => {
  const message = `no Model named ${version.spec.model} exists in this namespace: create it, and its gates will judge this version`
  const said: Observation[] = [
    { type: 'Ready', status: 'False', reason: 'ModelMissing', message },
    { type: 'GatesPassed', status: 'Unknown', reason: 'ModelMissing', message },
  ]
  return statusOf(version, { stage: NONE, gates: [], said })
}

const statusOf = (
  version: ModelVersion,
  { stage, gates, said }: { stage: string; gates: GateResult[]; said: Observation[] },
): ModelVersionStatus => ({
  observedGeneration: version.metadata.generation,
  stage,
  gates,
  conditions: observed(version.metadata.generation, said) as ModelVersionStatus['conditions'],
})

const atTheEnd = (stage: string): Observation[] => {
  const archived = stage === ARCHIVED
  const message = archived ? 'a newer version took its stage' : `holds ${stage}`
  const reason = archived ? 'Superseded' : 'TopOfLadder'
  return [yes('Ready', reason, message), yes('GatesPassed', reason, message)]
}

interface Judged {
  version: ModelVersion
  stage: string
  gates: GateResult[]
}

const judgement = (spec: ModelSpec, registry: Registry, { version, stage, gates }: Judged): Observation[] => {
  const next = nextStage(spec, stage)?.name ?? ''
  const failed = gates.filter(gate => gate.verdict !== 'Pass')
  const place = stage === NONE ? '' : `holds ${stage}; `
  if (failed.length > 0) {
    const message = `${place}not in ${next}: ${failed.map(gate => gate.message).join('; ')}`
    return [yes('Ready', 'GatesFailed', message), { type: 'GatesPassed', status: 'False', reason: 'GatesFailed', message }]
  }
  const newer = newerAtOrAbove(spec, registry, { stage: next, version: version.spec.version })
  const message = newer ? `${place}version ${newer} is ahead of it` : `${place}passed the gates of ${next}, which is not automatic`
  return [
    yes('Ready', newer ? 'Superseded' : 'Held', message),
    yes('GatesPassed', 'GatesPassed', gates.map(gate => gate.message).join('; ') || `${next} has no gates`),
  ]
}

const yes = (type: string, reason: Observation['reason'], message: string): Observation => ({ type, status: 'True', reason, message })
