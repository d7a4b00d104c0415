// The whole story of a model: judge, climb, commit the registry in one write, copy it to the versions.
import type { Model, ModelStatus, Move } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Happening, KubeObject, Plan, StatusWrite } from '../../runtime/shape.ts'
import { climb, registryOf } from './ladder.ts'
import { modelStatus, orphanStatus, versionStatus } from './status.ts'

/** `object` is absent while no Model of this name exists: its versions still get a status. */
export interface ModelWorld {
  readonly object: Model | undefined
  readonly versions: readonly ModelVersion[]
  readonly now: Date
}

export const plan = (world: ModelWorld): Plan<ModelStatus> => {
  const { object: model, versions } = world
  if (!model) return { apply: [], events: [], statuses: versions.map(version => copyTo(version, orphanStatus(version))) }
  const before = registryOf(model.status)
  const registry = model.metadata.deletionTimestamp ? before : climb(model.spec, before, world)
  const moves = registry.history.slice(0, newMoves(before.history, registry.history))
  return {
    apply: [],
    commitFirst: true,
    status: modelStatus(model, registry, versions),
    statuses: versions.map(version => copyTo(version, versionStatus(model.spec, registry, version))),
    events: moves.reverse().flatMap(move => tell(move, versions)),
  }
}

const copyTo = (version: ModelVersion, status: object): StatusWrite => ({ object: version as unknown as KubeObject, status })

/** The history grows at the front, so what was not the newest before is new. */
const newMoves = (before: readonly Move[], after: readonly Move[]): number => {
  const last = before[0]
  const index = last ? after.findIndex(move => JSON.stringify(move) === JSON.stringify(last)) : -1
  return index < 0 ? after.length : index
}

const tell = (move: Move, versions: readonly ModelVersion[]): Happening[] => {
  const version = versions.find(each => each.spec.version === move.version)
  const happening: Happening = {
    type: 'Normal',
    reason: 'Moved',
    message: `version ${move.version}: ${move.from} → ${move.to}: ${move.reason}`,
  }
  return version ? [happening, { ...happening, about: version as unknown as KubeObject }] : [happening]
}
