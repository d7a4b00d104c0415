// Which versions retention may remove, and from when on: everything that somebody may still need is protected.
import type { Decision } from '../../../api/decision.ts'
import { seconds } from '../../../api/fields.ts'
import type { InferenceService } from '../../../api/inferenceservice.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { prospectOf, type Scene } from '../ladder.ts'
import { formerHolders, type Registry, retirementOf } from '../registry.ts'

export interface View {
  registry: Registry
  scene: Scene
  /** All about this model. */
  decisions: readonly Decision[]
  services: readonly InferenceService[]
}

export interface Removable {
  version: ModelVersion
  /** The first moment at which it may go. */
  from: Date
}

/** Those that nothing but time protects, the oldest first. */
export const removable = (view: View): Removable[] => {
  const { spec, versions, now } = view.scene
  const { retention } = spec
  if (!retention) return []
  const needed = new Set(protections.flatMap(protects => protects(view)))
  const age = retention.archivedFor ? seconds(retention.archivedFor) * 1000 : 0
  return versions
    .filter(version => !needed.has(version.spec.version))
    .map(version => ({ version, from: new Date(lastMoved(view.registry, version) + age) }))
    .filter(({ version, from }) => from > now || !isClimbing(version, view))
    .toSorted((a, b) => a.version.spec.version - b.version.spec.version)
}

/** The numbers of versions that are needed for one reason. */
type Protection = (view: View) => number[]

const retired: Protection = ({ registry }) => registry.retired.map(({ version }) => version)

const holders: Protection = ({ registry }) => Object.values(registry.holders)

/** By what each service says of itself, and what it is about to do. */
const served: Protection = ({ services }) =>
  services.flatMap(({ spec, status }) => {
    const running = [status?.entry, ...(status?.traffic ?? []).map(({ version }) => version)]
    const wanted = spec.traffic.map(({ version }) => version)
    return [...running, ...wanted].filter(version => version !== undefined)
  })

const newest: Protection = ({ registry, scene: { spec, versions } }) =>
  versions
    .map(version => version.spec.version)
    .filter(version => !retirementOf(registry, version))
    .toSorted((a, b) => b - a)
    .slice(0, spec.retention?.keep ?? 0)

/** Whatever has not told its outcome itself may yet be carried out. */
const discussed: Protection = ({ decisions }) => decisions.flatMap(({ spec, status }) => (status?.outcome ? [] : (spec.version ?? [])))

/** Of any stage that ever was: the ladder may get it back. */
const rollbackTargets: Protection = ({ registry, scene: { spec, versions } }) => {
  const existing = new Set(versions.map(version => version.spec.version))
  const stages = new Set([...spec.stages.map(({ name }) => name), ...registry.history.map(({ from }) => from)])
  return [...stages].flatMap(
    stage => formerHolders(registry, stage).find(number => existing.has(number) && !retirementOf(registry, number)) ?? [],
  )
}

const protections: readonly Protection[] = [retired, holders, served, newest, discussed, rollbackTargets]

/** It may enter the next stage by itself, once a Job has fetched or judged it or a time has come. */
const isClimbing = (version: ModelVersion, { registry, scene }: View): boolean => {
  const prospect = prospectOf(registry, version, scene)
  return prospect !== undefined && (!prospect.kept || ['Importing', 'Measuring', 'Soaking', 'Frozen'].includes(prospect.kept.reason))
}

/** Milliseconds. A move that has left the status was made before the oldest one that is in it. */
const lastMoved = ({ history }: Registry, { spec, metadata }: ModelVersion): number => {
  const known = history.find(({ version }) => version === spec.version) ?? history.at(-1)
  return Math.max(Date.parse(metadata.creationTimestamp), known ? Date.parse(known.at) : 0)
}
