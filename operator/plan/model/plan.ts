// The whole story of a model: carry out the Decisions, climb, commit the registry in one write, copy it to versions and Decisions.
import type { Observation } from '../../api/conditions.ts'
import type { Decision } from '../../api/decision.ts'
import type { Model, ModelStatus, Move } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Happening, KubeObject, Plan, StatusWrite } from '../../runtime/shape.ts'
import { decisionStatus, newMoves, pending, settleApprovals, unacknowledged } from './answers.ts'
import { carryOutAll } from './decisions.ts'
import { climb, prospectOf, prospectsOf, type Scene } from './ladder.ts'
import { linkChildren, shortened } from './ledger.ts'
import { AUTOMATION, type Registry, registryOf } from './registry.ts'
import { modelStatus, orphanStatus, versionStatus } from './status.ts'
import { nextLook } from './wake.ts'

/** `object` is absent while no Model of this name exists: its versions still get a status. */
export interface ModelWorld {
  readonly object: Model | undefined
  readonly versions: readonly ModelVersion[]
  readonly decisions: readonly Decision[]
  /** ConfigMaps with its older moves. */
  readonly ledger: readonly KubeObject[]
  /** What is known of the mirror in a tracking server, when there is one. */
  readonly synced?: Observation
  readonly now: Date
}

export const plan = (world: ModelWorld): Plan<ModelStatus> => {
  const { object: model, versions, decisions } = world
  if (!model) return { apply: [], events: [], statuses: versions.map(version => written(version, orphanStatus(version))) }
  const before = registryOf(model.status)
  const scene = sceneOf(world, model, before)
  const registry = model.metadata.deletionTimestamp ? before : decide(model, world, scene)
  const prospects = prospectsOf(registry, scene)
  const requeueAfter = nextLook(prospects, scene.now)
  return {
    apply: linkChildren(model, registry),
    commitFirst: true,
    status: modelStatus(model, registry, world),
    statuses: [
      ...versions.map(version => {
        // One that is being deleted is no part of the scene, and still says where it stands.
        const prospect = prospects.get(version.spec.version) ?? prospectOf(registry, version, scene)
        return written(version, versionStatus(registry, version, { spec: scene.spec, prospect }))
      }),
      ...decisions.flatMap(decision => {
        const status = decisionStatus(decision, registry, prospects)
        return status ? [written(decision, status)] : []
      }),
    ],
    events: newMoves(before.history, registry.history)
      .toReversed()
      .flatMap(move => tell(move, versions)),
    ...(requeueAfter !== undefined && { requeueAfter }),
  }
}

const sceneOf = ({ versions, decisions, now }: ModelWorld, { spec }: Model, registry: Registry): Scene => ({
  spec,
  versions: versions.filter(({ metadata }) => !metadata.deletionTimestamp),
  decisions: pending(decisions, registry),
  now,
})

/** The registry that comes back is written in one status update: the only commit point of a move. */
const decide = (model: Model, { versions, decisions, ledger }: ModelWorld, scene: Scene): Registry => {
  const before = registryOf(model.status)
  const existing = new Set(versions.map(({ spec }) => spec.version))
  const start: Registry = {
    ...unacknowledged(shortened(model, before, ledger), decisions),
    lastVersion: Math.max(before.lastVersion, ...existing),
  }
  return settleApprovals(onlyOf(existing, climb(carryOutAll(start, scene), scene)), before, scene)
}

/** Last, because a version that is gone may have given up its stage just now. */
const onlyOf = (existing: ReadonlySet<number>, registry: Registry): Registry => ({
  ...registry,
  archived: registry.archived.filter(version => existing.has(version)),
  rejected: registry.rejected.filter(({ version }) => existing.has(version)),
})

const written = (object: ModelVersion | Decision, status: object): StatusWrite => ({ object: object as unknown as KubeObject, status })

const tell = (move: Move, versions: readonly ModelVersion[]): Happening[] => {
  const version = versions.find(each => each.spec.version === move.version)
  const by = move.actor === AUTOMATION ? '' : ` by ${move.actor}`
  const happening: Happening = {
    type: 'Normal',
    reason: 'Moved',
    message: `version ${move.version}: ${move.from} → ${move.to}${by}: ${move.reason}`,
  }
  return version ? [happening, { ...happening, about: version as unknown as KubeObject }] : [happening]
}
