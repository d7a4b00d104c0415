// Judges every gate of a run, one after the other; what goes wrong with one is its own Error and nobody else's.
import { type Check, type Gate, type GateFinding, gateName } from '../../../operator/api/gate.ts'
import type { GateReport } from '../../../operator/api/gatejob.ts'
import type { Judgement } from '../gate/judgement.ts'
import { versus } from './comparison.ts'
import { overfit, signature, size } from './fromfiles.ts'
import { latency, smoke } from './fromserver.ts'
import type { Judge, Run } from './judge.ts'
import { parity } from './parity.ts'
import { Unusable } from './unusable.ts'
import { oneLine } from './wording.ts'

const checks: Record<Check, Judge> = { parity, smoke, signature, latency, size, overfit }

const judgeOf = ({ versus: whom, check }: Gate): Judge | undefined => {
  if (whom !== undefined) return versus
  return check && checks[check]
}

const error = (message: string): Judgement => ({ verdict: 'Error', message })

const judged = async (gate: Gate, run: Run): Promise<Judgement> => {
  const judge = judgeOf(gate)
  if (!judge) return error('it needs no Job: it is judged from the numbers of the version')
  // Whatever is judged, it is the version that was asked for, or nothing passes.
  run.evidence.files('challenger')
  return judge(gate, run)
}

const safely = async (gate: Gate, run: Run): Promise<Judgement> => {
  try {
    return await judged(gate, run)
  } catch (thrown) {
    if (thrown instanceof Unusable) return error(thrown.message)
    console.error(thrown)
    return error(`it could not be judged: ${thrown instanceof Error ? thrown.message : String(thrown)}`)
  }
}

/** One finding for each gate, in their order. */
export const judgeAll = async (run: Run, log: (line: string) => void): Promise<GateReport> => {
  const findings: GateFinding[] = []
  for (const gate of run.config.gates) {
    const { verdict, message } = await safely(gate, run)
    const finding = { name: gateName(gate), verdict, message: oneLine(message) }
    log(`${verdict}: ${oneLine(finding.name)}: ${finding.message}`)
    findings.push(finding)
  }
  const testRows = run.evidence.rowsUsed()
  return { contract: 1, gateRun: run.config.gateRun, ...(testRows && { testRows }), findings }
}
