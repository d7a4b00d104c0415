// Reads a Model: where a version stands, which stages there are, and which one comes next.
import type { Model } from '../api/model.ts'
import { nextStage as stageAfter } from '../plan/model/ladder.ts'
import { ARCHIVED, NONE } from '../plan/model/moves.ts'
import { standing as placeIn, registryOf } from '../plan/model/registry.ts'
import { Failure } from './failure.ts'
import { suggestion } from './nearest.ts'

/** From Model.status, which is the truth; the version's own stage is a copy of it. */
export const standing = ({ status }: Model, version: number): string => placeIn(registryOf(status), version)

export const ladderOf = ({ spec }: Model): string[] => spec.stages.map(({ name }) => name)

/** The ladder, then stages that are not on it any more and have a holder or a history. */
export const stagesOf = (model: Model): string[] => {
  const moved = (model.status?.history ?? []).flatMap(({ from, to }) => [from, to]).filter(name => name !== NONE && name !== ARCHIVED)
  return [...new Set([...ladderOf(model), ...Object.keys(model.status?.holders ?? {}), ...moved])]
}

export const checkedStage = (model: Model, stage: string): string => {
  const known = stagesOf(model)
  if (known.includes(stage)) return stage
  throw new Failure(`Model ${model.metadata.name} has no stage ${stage}${suggestion(stage, known)}`)
}

export const nextStage = ({ spec }: Model, at: string): string | undefined => stageAfter(spec, at)?.name

/** The stage from which a version was archived last, as far as the kept history says. */
export const archivedFrom = ({ status }: Model, version: number): string | undefined =>
  status?.history?.find(move => move.version === version && move.to === ARCHIVED)?.from

/** The highest stage that has a holder. */
export const topHeld = (model: Model): string | undefined => ladderOf(model).findLast(name => model.status?.holders?.[name] !== undefined)
