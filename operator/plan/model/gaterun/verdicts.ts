// What each gate of a stage says of a version: at once from its numbers, or as a Job found out.
import { type Gate, type GateFinding, gateName, needsHolder, needsJob } from '../../../api/gate.ts'
import type { Stage } from '../../../api/model.ts'
import type { GateResult, ModelVersion } from '../../../api/modelversion.ts'
import { bundleOf } from '../../../api/versionbundle.ts'
import { judge } from '../gate.ts'
import type { Challenge } from './challenge.ts'
import { isGone, isOpen, measurementOf } from './measured.ts'

/** Of the judgement that counts for entering the stage now. */
export const verdicts = (challenge: Challenge): GateResult[] => {
  const { stage, version, holder } = challenge
  const found = measurementOf(challenge)?.findings ?? []
  return resultsOf(stage, version, gate => {
    if (holder && isGone(holder) && needsHolder(gate))
      return {
        verdict: 'Error',
        message: `version ${holder.number} holds ${stage.name}, but its ModelVersion does not exist to compare with`,
      }
    return (
      found.find(({ name }) => name === gateName(gate)) ?? { verdict: 'Inconclusive', message: `${gateName(gate)} has not been judged` }
    )
  })
}

/** Of a stage that the version has passed, or that is not its next one: as it was judged last. */
export const pastVerdicts = (stage: Stage, version: ModelVersion): GateResult[] => {
  const found = version.status?.measured?.find(each => each.stage === stage.name)?.findings ?? []
  return resultsOf(stage, version, gate => {
    return (
      found.find(({ name }) => name === gateName(gate)) ?? {
        verdict: 'Inconclusive',
        message: `${gateName(gate)} is judged when a version stands before ${stage.name}`,
      }
    )
  })
}

const NOTHING_MEASURED = { rows: 0, metrics: [] }

const resultsOf = (stage: Stage, version: ModelVersion, ofJob: (gate: Gate) => Omit<GateFinding, 'name'>): GateResult[] => {
  const bundle = bundleOf(version)
  const found = (gate: Gate): Omit<GateFinding, 'name'> => {
    if (!bundle) return { verdict: 'Inconclusive', message: `${gateName(gate)} is judged once the version is imported` }
    return needsJob(gate) ? ofJob(gate) : judge(gate, bundle.evaluation ?? NOTHING_MEASURED)
  }
  return (stage.gates ?? []).map(gate => {
    const { verdict, message } = found(gate)
    return { stage: stage.name, name: gateName(gate), verdict, message, ...(gate.dryRun && { dryRun: true }) }
  })
}

/** Those that keep a version out: nothing but Pass lets it through, and a dry run keeps nobody out. What is not judged yet is no failure. */
export const failures = (challenge: Challenge, now: Date): GateResult[] => {
  const isKnown = !isOpen(challenge, now)
  const gates = challenge.stage.gates ?? []
  return verdicts(challenge).filter(
    ({ verdict, dryRun }, index) => verdict !== 'Pass' && !dryRun && (isKnown || !needsJob(gates[index] as Gate)),
  )
}
