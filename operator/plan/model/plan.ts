// The whole story of a model: carry out the Decisions, climb, commit the registry in one write, copy it to versions and Decisions.
import type { Observation } from '../../api/conditions.ts'
import { label } from '../../api/contract.ts'
import type { Decision } from '../../api/decision.ts'
import type { InferenceService } from '../../api/inferenceservice.ts'
import type { Model, ModelStatus, Move } from '../../api/model.ts'
import type { ModelVersion, ModelVersionStatus } from '../../api/modelversion.ts'
import type { Belief, Happening, KubeObject, Plan, StatusWrite } from '../../runtime/shape.ts'
import { beside } from '../shape.ts'
import { decisionStatus, newMoves, pending, settleApprovals, unacknowledged } from './answers.ts'
import { awaited, carryOutAll } from './decisions.ts'
import type { Challenge } from './gaterun/challenge.ts'
import { jobChildren, learned, troubleOf } from './gaterun/runs.ts'
import { importChildren } from './importing/children.ts'
import { imported } from './importing/harvest.ts'
import { unimported } from './importing/words.ts'
import { climb, type Prospects, prospectOf, prospectsOf, type Scene } from './ladder.ts'
import { linkChildren, shortened } from './ledger.ts'
import { AUTOMATION, type Registry, registryOf, retirementOf } from './registry.ts'
import type { RetentionWorld } from './retention/book.ts'
import { cleanupChildren, isTold, leaving, retentionEvents } from './retention/cleanup.ts'
import { nextRetention, retain } from './retention/retire.ts'
import { retiredWords } from './retention/words.ts'
import { servicesChanged } from './served.ts'
import { jobsWith, type ServerJobs } from './serverjob/jobs.ts'
import { type Announced, modelStatus, orphanStatus, versionStatus } from './status.ts'
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
  /** What the sink of events knows, when there is one. */
  readonly announced?: Announced
  /** InferenceServices that ask for this model. */
  readonly services: readonly InferenceService[]
  /** Versions of other models of the namespace. */
  readonly neighbours: readonly ModelVersion[]
  readonly now: Date
  /** Of gate runs, cleanups and imports. */
  readonly serverJobs: ServerJobs
}

/** Seconds. */
const AT_ONCE = 0.01

export const plan = (world: ModelWorld): Plan<ModelStatus> => {
  const { object: model } = world
  if (!model)
    return { apply: [], events: [], statuses: world.versions.map(version => versionWritten(version, orphanStatus(version, world), world)) }
  const gateRuns = jobsWith(label.gateRun, world.serverJobs)
  const imports = jobsWith(label.import, world.serverJobs)
  const before = registryOf(model.status)
  const fetched = imported(world.versions, imports, world.now)
  const versions = learned({ model, versions: fetched, registry: before, now: world.now }, gateRuns)
  const isNews = versions.some((version, index) => version !== world.versions[index])
  // A move rests on findings that are stored; what is heard now is written down first, and looked at again at once.
  const stored = { ...world, model, cleanups: jobsWith(label.cleanup, world.serverJobs), scene: sceneOf(world, model, before) }
  const decided = model.metadata.deletionTimestamp ? before : decide(model, world, stored.scene)
  const registry = model.metadata.deletionTimestamp || isNews ? decided : retain(decided, stored)
  const scene = sceneOf({ ...world, versions }, model, before)
  const prospects = prospectsOf(registry, scene)
  const gone = leaving(before, stored).filter(isTold)
  const requeueAfter = isNews ? AT_ONCE : nextLook(prospects, scene.now, nextRetention(registry, stored))
  return {
    apply: [
      ...linkChildren(model, registry),
      ...jobChildren(openGates(registry, { prospects, scene }), { model, stored: world.versions, learned: versions }, gateRuns),
      ...importChildren(unfetched(prospects), world.versions, imports),
      ...cleanupChildren(registry, stored),
    ],
    commitFirst: true,
    status: modelStatus(model, registry, world),
    statuses: copies(stored, { versions, registry, prospects, scene }).filter(({ object }) => !gone.some(each => isSame(each, object))),
    remove: gone as unknown as KubeObject[],
    events: [...told(before, registry, versions), ...retentionEvents(before, registry)],
    ...(requeueAfter !== undefined && { requeueAfter }),
  }
}

const isSame = ({ metadata }: ModelVersion, object: KubeObject): boolean => metadata.uid === object.metadata.uid

/** The judgements that a Job has to make before somebody may enter. */
const openGates = (registry: Registry, { prospects, scene }: { prospects: Prospects; scene: Scene }): Challenge[] => [
  ...[...prospects.values()].flatMap(({ door, kept }) => (kept?.reason === 'Measuring' ? [door] : [])),
  ...awaited(registry, scene),
]

/** Those that a Job has to fetch. */
const unfetched = (prospects: Prospects): ModelVersion[] =>
  [...prospects.values()].flatMap(({ door, kept }) => (kept?.reason === 'Importing' ? [door.version] : []))

interface Decided {
  /** With what Jobs have found out; in the order of the world. */
  versions: readonly ModelVersion[]
  registry: Registry
  prospects: Prospects
  scene: Scene
}

/** What versions and Decisions are told of it. */
const copies = (world: ModelWorld & RetentionWorld, { versions, registry, prospects, scene }: Decided): StatusWrite[] => [
  ...versions.map((version, index) => {
    // One that is being deleted is no part of the scene, and still says where it stands.
    const prospect = prospects.get(version.spec.version) ?? prospectOf(registry, version, scene)
    const retirement = retirementOf(registry, version.spec.version)
    const retired = retirement && retiredWords(retirement, world)
    return versionWritten(
      world.versions[index] as ModelVersion,
      versionStatus(registry, version, { ...world, spec: scene.spec, prospect, retired }),
      world,
    )
  }),
  ...world.decisions.flatMap(decision => {
    const status = decisionStatus(decision, registry, prospects)
    return status ? [written(decision, status, [modelOf(decision, world.object)])] : []
  }),
]

const sceneOf = ({ versions, decisions, now, serverJobs }: ModelWorld, { spec }: Model, registry: Registry): Scene => ({
  spec,
  versions: versions.filter(({ metadata }) => !metadata.deletionTimestamp),
  decisions: pending(decisions, registry),
  now,
  trouble: challenge => troubleOf(challenge, serverJobs),
  unimported: version => unimported(version, serverJobs, now),
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

const versionWritten = (version: ModelVersion, status: ModelVersionStatus, { object: model, services }: ModelWorld): StatusWrite =>
  written(version, status, [modelOf(version, model), ...servicesChanged(version, status, services)])

const modelOf = (object: ModelVersion | Decision, model: Model | undefined): Belief =>
  beside(object, 'Model', { name: object.spec.model, seen: model?.metadata })

const written = (object: ModelVersion | Decision, status: object, reliesOn: Belief[]): StatusWrite => ({
  object: object as unknown as KubeObject,
  status,
  reliesOn,
})

const told = (before: Registry, after: Registry, versions: readonly ModelVersion[]): Happening[] =>
  newMoves(before.history, after.history)
    .toReversed()
    .flatMap(move => tell(move, versions))

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
