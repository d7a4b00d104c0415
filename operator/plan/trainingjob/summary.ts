// Decides whether to believe what a pod says of its run. A termination message is written by whatever ran in the container.
import { Summary } from '../../api/bundle.ts'
import { label, SUMMARY_MAX_BYTES } from '../../api/contract.ts'
import { validateJson } from '../../api/validate.ts'
import type { Job, Pod } from '../observed.ts'
import { endOfContainer } from '../pods/ofjob.ts'
import { CONTAINER } from './names.ts'

export type Success = Summary & Required<Pick<Summary, 'artifact' | 'metrics' | 'data'>>

export type Report = { success: Success } | { failure: Summary } | { unreadable: string }

/** Undefined while the container has not ended, or ended without a word. */
export const reportOf = (pod: Pod, job: Job): Report | undefined => {
  const message = endOfContainer(pod, CONTAINER)?.message
  if (!message) return undefined
  const checked = validateJson(Summary, message, SUMMARY_MAX_BYTES)
  if ('complaints' in checked) return { unreadable: checked.complaints[0] ?? 'unknown' }
  const summary = checked.value
  if (summary.outcome === 'Failed') return { failure: summary }
  const lacking = lackOf(summary, job)
  return lacking ? { unreadable: lacking } : { success: summary as Success }
}

/** What a ModelVersion needs, and the folder of this very Job: no run can pass off the bundle of another one. */
const lackOf = ({ artifact, metrics = [], data }: Summary, { metadata }: Job): string | undefined => {
  if (!artifact) return 'artifact is missing'
  const folder = `${metadata.labels?.[label.model]}/${metadata.uid}`
  if (artifact.path !== folder) return `artifact.path is not ${folder}`
  if (metrics.length === 0) return 'metrics are missing'
  return (data?.testRows ?? 0) > 0 ? undefined : 'data.testRows is missing'
}
