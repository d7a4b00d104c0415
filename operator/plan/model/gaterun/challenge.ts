// A version before the gates of a stage, and the one that it would replace: what a judgement is about, and its name.
import { needsHolder } from '../../../api/gate.ts'
import type { Stage } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { sha256 } from '../../sha256.ts'

export interface Challenge {
  stage: Stage
  version: ModelVersion
  /** Undefined while nobody else holds the stage. */
  holder: Holder | undefined
}

/** Without `version`, the number is taken, but the ModelVersion does not exist: what it was cannot be told. */
export interface Holder {
  number: number
  version: ModelVersion | undefined
}

interface Holders {
  registry: { readonly holders: Readonly<Record<string, number>> }
  versions: readonly ModelVersion[]
}

export const challengeOf = (stage: Stage, version: ModelVersion, { registry, versions }: Holders): Challenge => {
  const number = registry.holders[stage.name]
  const isOther = number !== undefined && number !== version.spec.version
  return { stage, version, holder: isOther ? { number, version: versions.find(({ spec }) => spec.version === number) } : undefined }
}

/** Enough to tell the judgements of one model apart, short enough to be read out. */
const LENGTH = 12

/** Another bundle, other gates or another holder to compare with are another judgement. */
export const gateRunOf = ({ stage, version: { spec }, holder }: Challenge): string => {
  const { name, gates = [] } = stage
  const against = gates.some(needsHolder) ? [holder && (holder.version?.spec.digest ?? `version ${holder.number} is gone`)] : []
  return sha256(JSON.stringify([name, gates, spec.digest, spec.evaluation, ...against])).slice(0, LENGTH)
}
