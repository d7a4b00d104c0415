// Rule: at most one version holds a stage of a model; a version that begins to say so is the one that the Model names at that moment.
//
// The Model's status is the one truth, and the statuses of its versions are copies that follow: a copy may lag, but never lead.
import type { ModelStatus } from '../../../../operator/api/model.ts'
import type { ModelVersionStatus } from '../../../../operator/api/modelversion.ts'
import type { KubeObject } from '../../../../operator/runtime/shape.ts'
import { finding, type Rule } from './moment.ts'

const NOT_HELD = ['None', 'Archived']

export const stageHolderRule =
  (): Rule =>
  ({ object, before, type, world }) => {
    if (object.kind !== 'ModelVersion' || type === 'DELETED') return []
    const stage = stageOf(object)
    if (stage === undefined || (before && stageOf(before) === stage)) return []
    const { model, version } = object['spec'] as { model: string; version: number }
    const holder = holderOf(stage, world.get('Model', object.metadata.namespace ?? '', model))
    if (holder === version) return []
    const truth = holder === undefined ? 'nobody' : `version ${holder}`
    return [finding('a stage is held as the Model says', object, `it says that it holds ${stage}, but by the Model ${truth} does`)]
  }

/** Undefined for the two ends of every ladder, which any number of versions may be at. */
const stageOf = (version: KubeObject): string | undefined => {
  const stage = (version['status'] as ModelVersionStatus | undefined)?.stage
  return stage === undefined || NOT_HELD.includes(stage) ? undefined : stage
}

const holderOf = (stage: string, model: KubeObject | undefined): number | undefined =>
  (model?.['status'] as ModelStatus | undefined)?.holders?.[stage]
