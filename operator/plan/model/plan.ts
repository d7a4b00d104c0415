// The whole story of a model: carry out the Decisions, climb, commit the registry in one write, copy it to versions and Decisions.
import type { Decision } from '../../api/decision.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model, ModelStatus, Move } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import type { Happening, KubeObject, Plan, StatusWrite } from '../../runtime/shape.ts'
import { decisionStatus, newMoves, pending, settleApprovals, unacknowledged } from './answers.ts'
import { awaited, carryOutAll } from './decisions.ts'
import type { Challenge } from './gaterun/challenge.ts'
import { type GateRuns, jobChildren, learned, troubleOf } from './gaterun/runs.ts'
import { climb, type Prospects, prospectOf, prospectsOf, type Scene } from './ladder.ts'
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
  /** InferenceServices that ask for this model. */
  readonly services: readonly InferenceService[]
  readonly now: Date
  readonly gateRuns: GateRuns
}

/** Seconds. */
const AT_ONCE = 0.01

export const plan = (world: ModelWorld): Plan<ModelStatus> => {
  const { object: model, gateRuns } = world
  if (!model) return { apply: [], events: [], statuses: world.versions.map(version => written(version, orphanStatus(version, world))) }
  const before = registryOf(model.status)
  const versions = learned({ model, versions: world.versions, registry: before, now: world.now }, gateRuns)
  // A move rests on findings that are stored; what is heard now is written down first, and looked at again at once.
  const registry = model.metadata.deletionTimestamp ? before : decide(model, world, sceneOf(world, model, before))
  const scene = sceneOf({ ...world, versions }, model, before)
  const prospects = prospectsOf(registry, scene)
  const isNews = versions.some((version, index) => version !== world.versions[index])
  const requeueAfter = isNews ? AT_ONCE : nextLook(prospects, scene.now)
  return {
    apply: [
      ...linkChildren(model, registry),
      ...jobChildren(openGates(registry, { prospects, scene }), { model, stored: world.versions, learned: versions }, gateRuns),
    ],
    commitFirst: true,
    status: modelStatus(model, registry, versions),
    statuses: copies(world, { versions, registry, prospects, scene }),
    events: newMoves(before.history, registry.history)
      .toReversed()
      .flatMap(move => tell(move, versions)),
    ...(requeueAfter !== undefined && { requeueAfter }),
  }
}

/** The judgements that a Job has to make before somebody may enter. */
const openGates = (registry: Registry, { prospects, scene }: { prospects: Prospects; scene: Scene }): Challenge[] => [
  ...[...prospects.values()].flatMap(({ door, kept }) => (kept?.reason === 'Measuring' ? [door] : [])),
  ...awaited(registry, scene),
]

interface Decided {
  /** With what Jobs have found out; in the order of the world. */
  versions: readonly ModelVersion[]
  registry: Registry
  prospects: Prospects
  scene: Scene
}

/** What versions and Decisions are told of it. */
const copies = (world: ModelWorld, { versions, registry, prospects, scene }: Decided): StatusWrite[] => [
  ...versions.map((version, index) => {
    // One that is being deleted is no part of the scene, and still says where it stands.
    const prospect = prospects.get(version.spec.version) ?? prospectOf(registry, version, scene)
    return written(world.versions[index] as ModelVersion, versionStatus(registry, version, { ...world, spec: scene.spec, prospect }))
  }),
  ...world.decisions.flatMap(decision => {
    const status = decisionStatus(decision, registry, prospects)
    return status ? [written(decision, status)] : []
  }),
]

const sceneOf = ({ versions, decisions, now, gateRuns }: ModelWorld, { spec }: Model, registry: Registry): Scene => ({
  spec,
  versions: versions.filter(({ metadata }) => !metadata.deletionTimestamp),
  decisions: pending(decisions, registry),
  now,
  trouble: challenge => troubleOf(challenge, gateRuns),
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
