// A gate run without models: it reads its configuration, and says after a while of every gate what its script says.
import { setTimeout as sleep } from 'node:timers/promises'
import { CONTRACT_VERSION, exitCode } from '../../../operator/api/contract.ts'
import { type GateFinding, gateName } from '../../../operator/api/gate.ts'
import { GateConfig, type GateReport } from '../../../operator/api/gatejob.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import type { End, Program, Start } from './program.ts'

export interface GatesStart extends Pick<Start, 'pod'> {
  verdict: GateFinding['verdict']
  runMs: number
}

const MOST_BYTES = 256 * 1024

export const startGates = (start: GatesStart): Program => {
  const leaving = new AbortController()
  return {
    ready: true,
    ended: endOf(start, leaving.signal),
    stop: async () => ({ exitCode: 1, reason: 'Error', message: 'stopped by SIGTERM' }),
    close: async () => leaving.abort(),
  }
}

const endOf = async ({ pod, verdict, runMs }: GatesStart, left: AbortSignal): Promise<End> => {
  const [container] = (pod.spec?.containers ?? []) as { args?: string[] }[]
  const checked = validateJson(GateConfig, container?.args?.[1] ?? '', MOST_BYTES)
  if ('complaints' in checked) return { exitCode: exitCode.badInput, reason: 'Error', message: checked.complaints.join('; ') }
  await sleep(runMs, undefined, { signal: left }).catch(() => undefined)
  const { gateRun, gates, holder } = checked.value
  const findings = gates.map(gate => ({ name: gateName(gate), verdict, message: `${gateName(gate)}: ${verdict}` }))
  const testRows = { digest: `sha256:${'7'.repeat(64)}`, rows: 30 }
  const report: GateReport = { contract: CONTRACT_VERSION, gateRun, findings, ...(holder && { testRows }) }
  return { exitCode: exitCode.done, reason: 'Completed', message: JSON.stringify(report) }
}
