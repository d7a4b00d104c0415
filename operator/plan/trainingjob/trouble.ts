// Decides what a pod of a run suffers from: what it says itself, or what Kubernetes says of it when it is silent or was killed.
import type { DataReport, Summary } from '../../api/bundle.ts'
import type { Reason } from '../../api/conditions.ts'
import type { Job, Pod } from '../observed.ts'
import { brief } from '../pods/brief.ts'
import { rootCause } from '../pods/cause.ts'
import { reportOf } from './summary.ts'

export interface Trouble {
  reason: Reason
  message: string
  data?: DataReport
  storage?: Summary['storage']
}

const fields = { image: 'compute.image', resources: 'compute.resources' }

/** A trainer that is told to stop reports that, too; why it was told so is more to the point. */
const outranksTheReport: Reason[] = ['OutOfMemory', 'Evicted']

export const troubleOf = (pod: Pod, job: Job): Trouble | undefined => {
  const cause = rootCause([pod], fields)
  const report = reportOf(pod, job)
  if (!report || !('failure' in report) || (cause && outranksTheReport.includes(cause.reason))) return cause
  const { reason = 'TrainingFailed', message, data, storage } = report.failure
  const said = brief(message, 1000) || 'the trainer gives no message; the log of its pod says more'
  return { reason, message: said, ...(data && { data }), ...(storage && { storage }) }
}
