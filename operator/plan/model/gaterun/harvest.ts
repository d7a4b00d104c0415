// Decides what the Job of a gate run found out, from its end and the last words of its pod. They are written by whatever ran there.

import { SUMMARY_MAX_BYTES } from '../../../api/contract.ts'
import { type GateFinding, gateName } from '../../../api/gate.ts'
import { GateReport } from '../../../api/gatejob.ts'
import type { Measurement, ModelVersion } from '../../../api/modelversion.ts'
import { validateJson } from '../../../api/validate.ts'
import type { CreationFailure, Job, Pod } from '../../observed.ts'
import { brief } from '../../pods/brief.ts'
import { rootCause } from '../../pods/cause.ts'
import { creationCause } from '../../pods/creation.ts'
import { endOf, endOfContainer, secondsSince } from '../../pods/ofjob.ts'
import { type Challenge, gateRunOf } from './challenge.ts'
import { CONTAINER } from './job.ts'
import { gatesForJob, measurementOf } from './measured.ts'

/** A Job and its pods reach us through different watches: so long the pods may lag behind. */
const LOST_AFTER_SECONDS = 30

/** How the fields are called from which the cause of a failure can be removed. */
const words = { image: "the operator's server image", resources: 'spec.gateJob.resources of the Model' }

/** Of one Job. */
export interface Causes {
  /** The newest first. */
  pods: readonly Pod[]
  failures: readonly CreationFailure[]
}

export const causeOf = ({ pods, failures }: Causes): string | undefined =>
  (rootCause(pods, words) ?? creationCause(failures, pods[0]?.metadata.creationTimestamp))?.message

/** Undefined while the Job has not ended. A failure is an answer, too: one Error for each gate, and another try later. */
export const measure = (challenge: Challenge, job: Job, { pods, failures, now }: Causes & { now: Date }): Measurement | undefined => {
  const end = endOf(job)
  if (!end) return undefined
  if (end.type === 'Failed') return failed(challenge, causeOf({ pods, failures }) ?? (brief(end.message) || 'the Job failed'), now)
  const pod = pods.find(each => endOfContainer(each, CONTAINER)?.exitCode === 0)
  if (!pod) return secondsSince(end, job, now) < LOST_AFTER_SECONDS ? undefined : failed(challenge, 'its pod is gone with its answer', now)
  const checked = validateJson(GateReport, endOfContainer(pod, CONTAINER)?.message ?? '', SUMMARY_MAX_BYTES)
  if ('complaints' in checked) return failed(challenge, `its answer cannot be used: ${checked.complaints[0]}`, now)
  const report = checked.value
  if (report.gateRun !== gateRunOf(challenge)) return failed(challenge, `it answered for the judgement ${brief(report.gateRun)}`, now)
  return { ...measurement(challenge, now, found(challenge, report.findings)), ...(report.testRows && { testRows: report.testRows }) }
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
