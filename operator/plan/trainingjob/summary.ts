// Decides whether to believe what a pod says of its run. A termination message is written by whatever ran in the container.
import { Summary } from '../../api/bundle.ts'
import { label, SUMMARY_MAX_BYTES } from '../../api/contract.ts'
import { validateJson } from '../../api/validate.ts'
import type { Job, Pod } from '../observed.ts'
import { endOfContainer } from '../pods/ofjob.ts'
import { CONTAINER } from './names.ts'
import { artifactsClaimOf } from './podtemplate.ts'

export type Success = Summary & Required<Pick<Summary, 'artifact' | 'metrics' | 'data'>>

/** The last words of a Job that only checks rows. */
export type Checked = Summary & Required<Pick<Summary, 'data'>>

export type Report = { success: Success } | { checked: Checked } | { failure: Summary } | { unreadable: string }

/** Undefined while the container has not ended, or ended without a word. */
export const reportOf = (pod: Pod, job: Job): Report | undefined => {
  const message = endOfContainer(pod, CONTAINER)?.message
  if (!message) return undefined
  const checked = validateJson(Summary, message, SUMMARY_MAX_BYTES)
  if ('complaints' in checked) return { unreadable: checked.complaints[0] ?? 'unknown' }
  const summary = checked.value
  if (summary.outcome === 'Failed') return { failure: summary }
  const leavesBundle = artifactsClaimOf(job) !== undefined
  const lacking = (leavesBundle ? lackOf(summary, job) : undefined) ?? lackOfRows(summary)
  if (lacking) return { unreadable: lacking }
  return leavesBundle ? { success: summary as Success } : { checked: summary as Checked }
}

const lackOfRows = ({ data }: Summary): string | undefined => ((data?.testRows ?? 0) > 0 ? undefined : 'data.testRows is missing')

/** What a ModelVersion needs, and the folder of this very Job: no run can pass off the bundle of another one. */
const lackOf = ({ artifact, metrics = [] }: Summary, { metadata }: Job): string | undefined => {
  if (!artifact) return 'artifact is missing'
  const folder = `${metadata.labels?.[label.model]}/${metadata.uid}`
  if (artifact.path !== folder) return `artifact.path is not ${folder}`
  return metrics.length === 0 ? 'metrics are missing' : undefined
}
