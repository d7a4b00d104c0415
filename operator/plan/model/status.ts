// What is said about a Model and each of its versions, from the registry that is about to be committed.
import type { Observation } from '../../api/conditions.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Delivered, Model, ModelSpec, ModelStatus } from '../../api/model.ts'
import type { GateResult, ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import { bundleOf } from '../../api/versionbundle.ts'
import { observed } from '../shape.ts'
import { gateRunOf } from './gaterun/challenge.ts'
import { isOpen } from './gaterun/measured.ts'
import { failures, pastVerdicts, verdicts } from './gaterun/verdicts.ts'
import type { Prospect } from './ladder.ts'
import { ARCHIVED, NONE } from './moves.ts'
import type { Obstacle } from './obstacle.ts'
import { AUTOMATION, type Registry, standing } from './registry.ts'
import { servedBy } from './served.ts'

/** How far the sink of events has been told of the moves, and what keeps it. */
export interface Announced {
  said: Observation
  delivered: Delivered
}

interface Elsewhere {
  synced?: Observation
  announced?: Announced
}

export const modelStatus = (
  model: Model,
  registry: Registry,
  { versions, synced, announced }: Elsewhere & { versions: readonly ModelVersion[] },
): ModelStatus => {
  const said = [ready(model.spec, registry, versions), ...(synced ? [synced] : []), ...(announced ? [announced.said] : [])]
  return {
    observedGeneration: model.metadata.generation,
    ...registry,
    ...(announced && announced.delivered.moves > 0 && { delivered: announced.delivered }),
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

interface Services {
  services: readonly InferenceService[]
}

/** The status of a version under its Model. */
export const versionStatus = (
  registry: Registry,
  version: ModelVersion,
  { spec, prospect, retired, services }: Services & { spec: ModelSpec; prospect: Prospect | undefined; retired: string | undefined },
): ModelVersionStatus => {
  const stage = standing(registry, version.spec.version)
  const next = prospect?.door
  const gates = spec.stages.flatMap(each => (next && each.name === next.stage.name ? verdicts(next) : pastVerdicts(each, version)))
  const said = retired ? leaving(retired) : prospect ? judgement(stage, prospect) : atTheEnd(stage, registry, version)
  return { ...statusOf(version, { stage, gates, said, services }), ...(next && bundleOf(version) && { gateRun: gateRunOf(next) }) }
}

/** Without a Model nothing is judged, and the version says which object is missing. */
export const orphanStatus = (version: ModelVersion, { services }: Services): ModelVersionStatus => {
  const message = `no Model named ${version.spec.model} exists in this namespace: create it, and its gates will judge this version`
  const said: Observation[] = [
    { type: 'Ready', status: 'False', reason: 'ModelMissing', message },
    { type: 'GatesPassed', status: 'Unknown', reason: 'ModelMissing', message },
  ]
  return statusOf(version, { stage: NONE, gates: [], said, services })
}

const statusOf = (
  version: ModelVersion,
  { stage, gates, said, services }: Services & { stage: string; gates: GateResult[]; said: Observation[] },
): ModelVersionStatus => {
  const names = servedBy(services, version.spec.version)
  return {
    observedGeneration: version.metadata.generation,
    stage,
    ...(names.length > 0 && { servedBy: names }),
    gates,
    ...(version.status?.bundle && { bundle: version.status.bundle }),
    ...(version.status?.import && { import: version.status.import }),
    ...(version.status?.measured && { measured: version.status.measured }),
    conditions: observed(version.metadata.generation, said) as ModelVersionStatus['conditions'],
  }
}

/** At the top of the ladder, or archived: then by the last move, for its reason. */
const atTheEnd = (stage: string, { history }: Registry, { spec }: ModelVersion): Observation[] => {
  if (stage !== ARCHIVED) return [yes('Ready', 'TopOfLadder', `holds ${stage}`), yes('GatesPassed', 'TopOfLadder', `holds ${stage}`)]
  const move = history.find(({ version, to }) => version === spec.version && to === ARCHIVED)
  const isByPerson = move !== undefined && move.actor !== AUTOMATION
  const message = isByPerson ? `archived by ${move.actor}: ${move.reason}` : (move?.reason ?? 'archived')
  const reason = isByPerson ? 'Archived' : 'Superseded'
  return [yes('Ready', reason, message), yes('GatesPassed', reason, message)]
}

const leaving = (message: string): Observation[] => [
  yes('Ready', 'Retired', message),
  { type: 'GatesPassed', status: 'Unknown', reason: 'Retired', message },
]

/** Where it stands, and what keeps it from the next stage. */
const judgement = (at: string, { door, kept: found }: Prospect): Observation[] => {
  if (found && !bundleOf(door.version) && found.reason !== 'Rejected') return notThere(found)
  const { stage } = door
  const place = at === NONE ? '' : `holds ${at}; `
  const kept = found ?? { reason: 'GatesPassed' as const, message: `may enter ${stage.name}` }
  const gates = verdicts(door)
  const failed = failures(door, door.now)
  const told = (failed.length > 0 ? failed : gates).map(({ message }) => message).join('; ') || `${stage.name} has no gates`
  const passed: Observation =
    failed.length > 0
      ? { type: 'GatesPassed', status: 'False', reason: 'GatesFailed', message: `${place}not in ${stage.name}: ${told}` }
      : isOpen(door, door.now)
        ? { type: 'GatesPassed', status: 'Unknown', reason: kept.reason, message: `${place}${told}` }
        : yes('GatesPassed', 'GatesPassed', told)
  // Ready says that every verdict is in, whatever it is.
  const isIn = kept.reason !== 'Measuring'
  return [{ ...yes('Ready', kept.reason, `${place}${kept.message}`), ...(!isIn && { status: 'Unknown' as const }) }, passed]
}

/** Nothing can be judged of it. */
const notThere = ({ reason, message, isStalled }: Obstacle): Observation[] => [
  { type: 'Ready', status: reason === 'Importing' ? 'Unknown' : 'False', reason, message },
  { type: 'GatesPassed', status: 'Unknown', reason, message },
  ...(isStalled ? [yes('Stalled', reason, message)] : []),
]

const yes = (type: string, reason: Observation['reason'], message: string): Observation => ({ type, status: 'True', reason, message })
