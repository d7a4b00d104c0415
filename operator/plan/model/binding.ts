// Whether what a person looked at is still so: a Decision is bound to the bundle, and to the judgement of its gates.
import type { DecisionSpec } from '../../api/decision.ts'
import type { ModelVersion } from '../../api/modelversion.ts'
import { bundleOf } from '../../api/versionbundle.ts'
import { type Challenge, gateRunOf } from './gaterun/challenge.ts'

/** What has changed, in words; undefined when nothing has, or when the Decision is not bound to it. */
export const otherDigest = ({ digest }: Pick<DecisionSpec, 'digest'>, version: ModelVersion): string | undefined => {
  const present = bundleOf(version)?.digest
  return digest === undefined || digest === present
    ? undefined
    : `it was given for digest ${digest}, and version ${version.spec.version} has ${present ?? 'no bundle yet, because it is not imported'}`
}

/** The same of the judgement at a stage. */
export const otherJudgement = ({ gateRun }: Pick<DecisionSpec, 'gateRun'>, challenge: Challenge): string | undefined => {
  const present = gateRunOf(challenge)
  return gateRun === undefined || gateRun === present
    ? undefined
    : `it was given for the judgement ${gateRun}, and the present one is ${present}`
}
