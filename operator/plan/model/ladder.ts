// Who may climb: versions enter stage after stage while nothing keeps them, and at most one holds each stage.
import type { Decision } from '../../api/decision.ts'
import type { ModelSpec, Stage } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { digestOf } from '../../api/versionbundle.ts'
import { count } from './approvals.ts'
import { type Challenge, challengeOf, gateRunOf } from './gaterun/challenge.ts'
import { verdicts } from './gaterun/verdicts.ts'
import type { Unimported } from './importing/words.ts'
import { ARCHIVED, NONE } from './moves.ts'
import { type Door, type Obstacle, obstacle } from './obstacle.ts'
import { AUTOMATION, hasRoom, moved, type Registry, retirementOf, standing } from './registry.ts'

/** Everything a move is decided from, the registry aside. */
export interface Scene {
  spec: ModelSpec
  /** Those that exist and are not being deleted. */
  versions: readonly ModelVersion[]
  /** Those that are not answered yet, the earliest first. */
  decisions: readonly Decision[]
  now: Date
  /** Why a Job that is to judge does not get ahead. */
  trouble: (challenge: Challenge) => string | undefined
  /** What keeps a version from having a bundle. */
  unimported: (version: ModelVersion) => Unimported | undefined
}

/** A version before any stage. */
export const doorTo = (stage: Stage, version: ModelVersion, { registry, scene }: { registry: Registry; scene: Scene }): Door => {
  const { spec, versions, decisions, now, trouble, unimported } = scene
  return { ...challengeOf(stage, version, { registry, versions }), spec, registry, decisions, now, trouble, unimported }
}

/** The stage above the one where a version stands, if there is one to enter. */
export const nextStage = (spec: ModelSpec, stage: string): Stage | undefined => {
  if (stage === NONE) return spec.stages[0]
  const index = spec.stages.findIndex(each => each.name === stage)
  return index < 0 ? undefined : spec.stages[index + 1]
}

/** Lets every version climb as far as it may, oldest first, so that the end does not depend on how many were seen at once. */
export const climb = (start: Registry, scene: Scene): Registry =>
  [...scene.versions]
    .sort((a, b) => a.spec.version - b.spec.version)
    .reduce((registry, version) => climbOne(registry, version, scene), start)

const climbOne = (start: Registry, version: ModelVersion, scene: Scene): Registry => {
  let registry = start
  for (
    let door = nextDoor(start, version, scene);
    door && hasRoom(registry) && !obstacle('climb', door);
    door = nextDoor(registry, version, scene)
  )
    registry = enter(door)
  return registry
}

/** Before the next stage; there is none at the top, and for an archived or a retired version. */
const nextDoor = (registry: Registry, version: ModelVersion, scene: Scene): Door | undefined => {
  const at = standing(registry, version.spec.version)
  const stage = at === ARCHIVED || retirementOf(registry, version.spec.version) ? undefined : nextStage(scene.spec, at)
  return stage && doorTo(stage, version, { registry, scene })
}

export interface Prospect {
  door: Door
  /** Nothing for a version that may enter. */
  kept: Obstacle | undefined
}

/** By number; a version without a next stage has none. */
export type Prospects = ReadonlyMap<number, Prospect>

/** What keeps each version from its next stage, found out once for everybody who tells it. */
export const prospectsOf = (registry: Registry, scene: Scene): Prospects =>
  new Map(
    scene.versions.flatMap(version => {
      const prospect = prospectOf(registry, version, scene)
      return prospect ? [[version.spec.version, prospect] as const] : []
    }),
  )

export const prospectOf = (registry: Registry, version: ModelVersion, scene: Scene): Prospect | undefined => {
  const door = nextDoor(registry, version, scene)
  return door && { door, kept: obstacle('climb', door) }
}

const enter = (door: Door): Registry => {
  const { stage, version } = door
  const { approvers, decisions } = approvalsOf(door)
  return moved(door.registry, {
    version: version.spec.version,
    to: stage.name,
    actor: AUTOMATION,
    reason: reasonOf(door, approvers),
    digest: digestOf(version),
    ...(decisions.length > 0 && { decisions }),
    gateRun: gateRunOf(door),
    now: door.now,
  })
}

export interface Approved {
  approvers: string[]
  /** Their names. */
  decisions: string[]
}

/** The approvals that let a version in. */
export const approvalsOf = (door: Door): Approved => {
  const { counted } = count(door, door.decisions)
  return { approvers: counted.map(({ spec }) => spec.by), decisions: counted.map(({ metadata }) => metadata.name) }
}

const LONGEST_REASON = 512

/** Why a version entered: the verdicts of its gates, and who approved. */
export const reasonOf = (door: Door, approvers: readonly string[]): string => {
  const passed = verdicts(door).flatMap(({ message, dryRun }) => (dryRun ? [] : [message]))
  const gates = passed.length > 0 ? passed.join('; ') : `${door.stage.name} has no gates`
  return (approvers.length > 0 ? `approved by ${approvers.join(', ')}; ${gates}` : gates).slice(0, LONGEST_REASON)
}
