// What a tracking server should show of one model: a registered model, its versions with tags, and an alias for each stage.
import type { Model } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { bundleOf } from '../api/versionbundle.ts'
import { registryOf, standing } from '../plan/model/registry.ts'
import { aliasesOf, aliasNames } from './aliases.ts'
import { type Naming, nameOf } from './names.ts'
import { tag, tagsOf } from './tags.ts'

export interface MirrorWorld {
  readonly namespace: string
  readonly name: string
  /** Absent while no Model of this name exists. */
  readonly model: Model | undefined
  /** None, and no Model: both are gone. */
  readonly versions: readonly ModelVersion[]
}

/** The only stages that MLflow knows. */
export type MlflowStage = 'None' | 'Staging' | 'Production' | 'Archived'

export interface WantedVersion {
  uid: string
  /** Where the model lies; tried with its run first, when there is one. */
  source: { uri: string; runId?: string }
  description: string
  tags: Record<string, string>
  stage: MlflowStage
}

export interface Wanted {
  name: string
  tags: Record<string, string>
  /** Uid of a version by alias. */
  aliases: Record<string, string>
  /** The oldest first, so that MLflow counts as we do. */
  versions: WantedVersion[]
}

export const mirror = (naming: Naming, world: MirrorWorld): Wanted => {
  const { namespace, name, model } = world
  // One that is not imported yet has nothing to show.
  const versions = world.versions.filter(bundleOf).toSorted((a, b) => a.spec.version - b.spec.version)
  const uids = new Map(versions.map(({ spec, metadata }) => [spec.version, metadata.uid]))
  const stages = model ? aliasesOf(model.spec, model.status?.holders ?? {}) : {}
  return {
    name: nameOf(naming, { namespace, model: name }),
    tags: {
      [tag.managed]: model || world.versions.length > 0 ? 'true' : 'gone',
      [tag.namespace]: namespace,
      [tag.model]: name,
      [tag.aliases]: model ? aliasNames(model.spec).join(',') : 'none',
    },
    aliases: Object.fromEntries(
      Object.entries(stages).flatMap(([alias, version]) => {
        const uid = uids.get(version)
        return uid === undefined ? [] : [[alias, uid]]
      }),
    ),
    versions: versions.map(version => wantedVersion(model, version)),
  }
}

const wantedVersion = (model: Model | undefined, version: ModelVersion): WantedVersion => {
  const { metadata, spec } = version
  const registry = registryOf(model?.status)
  const stage = standing(registry, spec.version)
  const move = registry.history.find(each => each.version === spec.version)
  const { mlflowRunId: runId } = spec.source ?? {}
  return {
    uid: metadata.uid,
    source: { uri: `tidegate://${metadata.namespace}/${spec.artifact.claim}/${spec.artifact.path}`, ...(runId && { runId }) },
    description: `${metadata.name}: ${measured(version)}`,
    tags: tagsOf(version, { stage, move }),
    stage: mlflowStage(stage),
  }
}

const measured = (version: ModelVersion): string => {
  const evaluation = bundleOf(version)?.evaluation
  if (!evaluation) return 'nothing was measured'
  return `${evaluation.metrics.map(({ name, value }) => `${name} ${value}`).join(', ')} on ${evaluation.rows} test rows`
}

const STAGES: readonly MlflowStage[] = ['None', 'Staging', 'Production', 'Archived']

/** A stage of another name has no counterpart; its alias and its tag say it. */
const mlflowStage = (stage: string): MlflowStage => STAGES.find(known => known.toLowerCase() === stage.toLowerCase()) ?? 'None'
