// A version before the gates of a stage, and the one that it would replace: what a judgement is about, and its name.
import { needsHolder } from '../../../api/gate.ts'
import type { Stage } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import { sha256 } from '../../sha256.ts'

export interface Challenge {
  stage: Stage
  version: ModelVersion
  /** Undefined while nobody else holds the stage. */
  holder: Holder | undefined
}

/** Without `version`, the number is taken, but no ModelVersion with a bundle exists: what it was cannot be told. */
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
  const found = versions.find(({ spec }) => spec.version === number)
  return { stage, version, holder: isOther ? { number, version: found && bundleOf(found) && found } : undefined }
}

/** Enough to tell the judgements of one model apart, short enough to be read out. */
const LENGTH = 12

/** Another bundle, other gates or another holder to compare with are another judgement. */
export const gateRunOf = ({ stage, version, holder }: Challenge): string => {
  const { name, gates = [] } = stage
  const { digest, evaluation } = bundleOf(version) ?? {}
  const other = holder?.version && bundleOf(holder.version)
  const against = gates.some(needsHolder) ? [holder && (other?.digest ?? `version ${holder.number} is gone`)] : []
  return sha256(JSON.stringify([name, gates, digest, evaluation, ...against])).slice(0, LENGTH)
}
