// What is said about a Model and each of its versions, from the registry that is about to be committed.
import type { Observation } from '../../api/conditions.ts'
import type { Model, ModelSpec, ModelStatus } from '../../api/model.ts'
import type { GateResult, ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { observed } from '../shape.ts'
import { gateRunOf } from './gaterun.ts'
import type { Prospect } from './ladder.ts'
import { ARCHIVED, NONE } from './moves.ts'
import { failures, verdicts } from './obstacle.ts'
import { AUTOMATION, type Registry, standing } from './registry.ts'

export const modelStatus = (
  model: Model,
  registry: Registry,
  { versions, synced }: { versions: readonly ModelVersion[]; synced?: Observation },
): ModelStatus => {
  const said = [ready(model.spec, registry, versions), ...(synced ? [synced] : [])]
  return {
    observedGeneration: model.metadata.generation,
    ...registry,
    conditions: observed(model.metadata.generation, said) as ModelStatus['conditions'],
  }
}

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
export const versionStatus = (
  registry: Registry,
  version: ModelVersion,
  { spec, prospect }: { spec: ModelSpec; prospect: Prospect | undefined },
): ModelVersionStatus => {
  const stage = standing(registry, version.spec.version)
  const gates = spec.stages.flatMap(each => verdicts(each, version))
  const said = prospect ? judgement(stage, prospect) : atTheEnd(stage, registry, version)
  return { ...statusOf(version, { stage, gates, said }), ...(prospect && { gateRun: gateRunOf(prospect.door.stage, version) }) }
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

/** At the top of the ladder, or archived: then by the last move, for its reason. */
const atTheEnd = (stage: string, { history }: Registry, { spec }: ModelVersion): Observation[] => {
  if (stage !== ARCHIVED) return [yes('Ready', 'TopOfLadder', `holds ${stage}`), yes('GatesPassed', 'TopOfLadder', `holds ${stage}`)]
  const move = history.find(({ version, to }) => version === spec.version && to === ARCHIVED)
  const isByPerson = move !== undefined && move.actor !== AUTOMATION
  const message = isByPerson ? `archived by ${move.actor}: ${move.reason}` : (move?.reason ?? 'archived')
  const reason = isByPerson ? 'Archived' : 'Superseded'
  return [yes('Ready', reason, message), yes('GatesPassed', reason, message)]
}

/** Where it stands, and what keeps it from the next stage. */
const judgement = (at: string, { door: { stage, version }, kept: found }: Prospect): Observation[] => {
  const place = at === NONE ? '' : `holds ${at}; `
  const kept = found ?? { reason: 'GatesPassed' as const, message: `may enter ${stage.name}` }
  const gates = verdicts(stage, version)
  const failed = failures(stage, version)
  const told = (failed.length > 0 ? failed : gates).map(({ message }) => message).join('; ') || `${stage.name} has no gates`
  const passed: Observation =
    failed.length > 0
      ? { type: 'GatesPassed', status: 'False', reason: 'GatesFailed', message: `${place}not in ${stage.name}: ${told}` }
      : yes('GatesPassed', 'GatesPassed', told)
  return [yes('Ready', kept.reason, `${place}${kept.message}`), passed]
}

const yes = (type: string, reason: Observation['reason'], message: string): Observation => ({ type, status: 'True', reason, message })
