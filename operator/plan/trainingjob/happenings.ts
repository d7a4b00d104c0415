// Decides what is told as events: how the book of runs moved, and a trouble that is new.
import { annotation } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import type { TrainingJobStatus } from '../../api/trainingjob.ts'
import type { Happening } from '../../runtime/shape.ts'
import { onlyChecked } from './book.ts'
import { checkedOnly } from './datavalid.ts'
import { headline } from './words.ts'
import type { TrainingWorld } from './world.ts'

export const happenings = ({ object }: TrainingWorld, next: TrainingJobStatus): Happening[] => {
  const before = object.status
  const runs = (next.runs ?? []).toReversed().flatMap(run => {
    const known = before?.runs?.find(each => each.number === run.number)
    return [...begun(run, known, before), ...ended(run, known, next), ...registered(run, known)]
  })
  return [...runs, ...troubled(before, next), ...ineffective(before, next)]
}

const begun = (run: Run, known: Run | undefined, before: TrainingJobStatus | undefined): Happening[] => {
  if (known) return []
  const last = before?.runs?.find(each => each.number < run.number)
  const why = run.trigger === 'Schedule' ? scheduled(before, run) : run.trigger === 'GateFailure' ? refused(last, run) : asked(last, run)
  return [{ type: 'Normal', reason: 'Pending', message: `run ${run.number} begins: ${why}` }]
}

/** What was announced for later belongs to a schedule that was changed since. */
const scheduled = (before: TrainingJobStatus | undefined, { startedAt }: Run): string => {
  const announced = before?.nextRunAt
  const wasDue = announced !== undefined && Date.parse(announced) <= Date.parse(startedAt)
  return wasDue ? `spec.schedule was due at ${announced}` : 'spec.schedule is due'
}

const refused = (last: Run | undefined, { attempt = 1 }: Run): string =>
  `a gate failed ${last?.version ?? 'the version before'}, and a wider search follows, number ${attempt} in a row`

const asked = (last: Run | undefined, run: Run): string => {
  if (last === undefined) return 'the first one'
  return last.specDigest === run.specDigest ? requested(last, run) : 'what it computes changed'
}

const requested = (last: Run, run: Run): string =>
  last.request === run.request ? `run ${last.number} was stopped` : `${annotation.runRequested} is ${JSON.stringify(run.request)}`

const ended = (run: Run, known: Run | undefined, next: TrainingJobStatus): Happening[] => {
  if (run.outcome === 'Running' || (known && known.outcome !== 'Running')) return []
  if (onlyChecked(run)) return [{ type: 'Normal', reason: 'DataChecked', message: checkedOnly(run, next) }]
  if (run.outcome === 'Succeeded') {
    return [{ type: 'Normal', reason: 'Succeeded', message: `run ${run.number} ended well: ${headline({ ...next, runs: [] })}` }]
  }
  const type = run.reason === 'Superseded' ? 'Normal' : 'Warning'
  return [{ type, reason: run.reason ?? 'TrainingFailed', message: `run ${run.number} failed: ${run.message ?? ''}` }]
}

const registered = (run: Run, known: Run | undefined): Happening[] =>
  run.version === undefined || known?.version !== undefined
    ? []
    : [{ type: 'Normal', reason: 'Registered', message: `ModelVersion ${run.version} carries the bundle of run ${run.number}` }]

/** Told when it begins to be so, not with each retrain that follows. */
const ineffective = (before: TrainingJobStatus | undefined, next: TrainingJobStatus): Happening[] => {
  const [was, is] = [before, next].map(status => status?.conditions?.find(each => each.type === 'RetrainIneffective'))
  return is && !was ? [{ type: 'Warning', reason: is.reason, message: is.message }] : []
}

/** The end of a run tells its own cause. */
const troubled = (before: TrainingJobStatus | undefined, next: TrainingJobStatus): Happening[] => {
  const [was, is] = [before, next].map(status => status?.conditions?.find(each => each.type === 'Ready'))
  const isNew = is?.status === 'False' && is.reason !== was?.reason
  if (!isNew || next.runs?.[0]?.outcome === 'Failed') return []
  return [{ type: is.reason === 'Suspended' ? 'Normal' : 'Warning', reason: is.reason, message: is.message }]
}
