// An import without a source: it reads its configuration, and says after a while that the bundle is there.
import { setTimeout as sleep } from 'node:timers/promises'
import { CONTRACT_VERSION, exitCode } from '../../../operator/api/contract.ts'
import { ImportConfig, type ImportReport } from '../../../operator/api/importjob.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import type { End, Program, Start } from './program.ts'

export interface ImportStart extends Pick<Start, 'pod'> {
  runMs: number
}

const MOST_BYTES = 256 * 1024

export const startImport = (start: ImportStart): Program => {
  const leaving = new AbortController()
  return {
    ready: true,
    ended: endOf(start, leaving.signal),
    stop: async () => ({ exitCode: 1, reason: 'Error', message: 'stopped by SIGTERM' }),
    close: async () => leaving.abort(),
  }
}

const endOf = async ({ pod, runMs }: ImportStart, left: AbortSignal): Promise<End> => {
  const [container] = (pod.spec?.containers ?? []) as { args?: string[] }[]
  const checked = validateJson(ImportConfig, container?.args?.[1] ?? '', MOST_BYTES)
  if ('complaints' in checked) return { exitCode: exitCode.badInput, reason: 'Error', message: checked.complaints.join('; ') }
  await sleep(runMs, undefined, { signal: left }).catch(() => undefined)
  const { digest } = checked.value
  const evaluation = { rows: 30, metrics: [{ name: 'accuracy', value: 0.9 }] }
  const report: ImportReport = { contract: CONTRACT_VERSION, asked: digest, digest, evaluation }
  return { exitCode: exitCode.done, reason: 'Completed', message: JSON.stringify(report) }
}
