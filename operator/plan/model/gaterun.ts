// Which judgement of the gates a person looked at: another bundle, other gates or another comparison are another judgement.
import type { Stage } from '../../api/model.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { sha256 } from '../sha256.ts'

/** Enough to tell the judgements of one model apart, short enough to be read out. */
const LENGTH = 12

export const gateRunOf = (stage: Stage, { spec }: ModelVersion): string =>
  sha256(JSON.stringify([stage.name, stage.gates ?? [], spec.digest, spec.evaluation])).slice(0, LENGTH)
