// Decides what the Job of a gate run found out.
import { type GateFinding, gateName } from '../../../api/gate.ts'
import { GateReport } from '../../../api/gatejob.ts'
import type { Measurement, ModelVersion } from '../../../api/modelversion.ts'
import type { Job } from '../../observed.ts'
import { brief } from '../../pods/brief.ts'
import { answerOf, type Causes } from '../serverjob/answer.ts'
import { type Challenge, gateRunOf } from './challenge.ts'
import { CONTAINER } from './job.ts'
import { gatesForJob, measurementOf } from './measured.ts'

/** How the fields are called from which the cause of a failure can be removed. */
export const words = { image: "the operator's server image", resources: 'spec.gateJob.resources of the Model' }

/** Undefined while the Job has not ended. A failure is an answer, too: one Error for each gate, and another try later. */
export const measure = (challenge: Challenge, job: Job, seen: Causes & { now: Date }): Measurement | undefined => {
  const { now } = seen
  const answer = answerOf(job, { container: CONTAINER, schema: GateReport, words }, seen)
  if (!answer) return undefined
  if ('problem' in answer) return failed(challenge, answer.problem, now)
  const { gateRun, findings, testRows } = answer.value
  if (gateRun !== gateRunOf(challenge)) return failed(challenge, `it answered for the judgement ${brief(gateRun)}`, now)
  return { ...measurement(challenge, now, found(challenge, findings)), ...(testRows && { testRows }) }
}

const measurement = (challenge: Challenge, now: Date, findings: GateFinding[]): Measurement => ({
  stage: challenge.stage.name,
  gateRun: gateRunOf(challenge),
  at: now.toISOString(),
  ...(challenge.holder && { holder: challenge.holder.number }),
  findings,
})

/** One for each gate that was asked for, whatever was answered. */
const found = (challenge: Challenge, answered: readonly GateFinding[]): GateFinding[] =>
  names(challenge).map(
    name => answered.find(each => each.name === name) ?? { name, verdict: 'Error', message: `${name}: the Job said nothing of it` },
  )

const names = (challenge: Challenge): string[] => [...new Set(gatesForJob(challenge).map(gateName))]

const failed = (challenge: Challenge, cause: string, now: Date): Measurement => {
  const findings = names(challenge).map(
    (name): GateFinding => ({ name, verdict: 'Error', message: `${name} could not be judged: ${cause}`.slice(0, 512) }),
  )
  return { ...measurement(challenge, now, findings), failures: (measurementOf(challenge)?.failures ?? 0) + 1 }
}

/** From so many decisions on one set of test rows on, the next one tells less than its numbers say. */
const MANY_DECISIONS = 20

/** Adds how often these test rows have decided, once that is often: each comparison with them fits the next version to them a little. */
export const warned = (measured: Measurement, versions: readonly ModelVersion[], compared: readonly string[]): Measurement => {
  const { testRows } = measured
  if (!testRows) return measured
  const others = versions.flatMap(({ status }) => status?.measured ?? []).filter(each => each.testRows?.digest === testRows.digest)
  const count = others.filter(each => each.gateRun !== measured.gateRun).length + 1
  if (count < MANY_DECISIONS) return measured
  const note = `; decision ${count} on these test rows: compare on fresh ones`
  const findings = measured.findings.map(each =>
    compared.includes(each.name) ? { ...each, message: `${each.message.slice(0, 512 - note.length)}${note}` } : each,
  )
  return { ...measured, findings }
}
