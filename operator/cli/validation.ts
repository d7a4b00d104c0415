// Decides what is made in the cluster so that only the rows of a TrainingJob are judged, and what became of it.
import { label } from '../api/contract.ts'
import { API_VERSION } from '../api/resource.ts'
import type { TrainingJob, TrainingJobSpec } from '../api/trainingjob.ts'
import type { KubeObject } from '../runtime/shape.ts'

const LONGEST_NAME = 40
const MIDDLE = '-validate-'

/** The spec as a person wrote it, once the API server has taken it: what has a default may be absent. */
type WrittenSpec = Pick<TrainingJobSpec, 'data'> & Partial<TrainingJobSpec>

export interface Written {
  name: string
  namespace: string
  spec: WrittenSpec
}

/** As it would be applied; what identifies another object of the past is left out. */
export const asWritten = ({ name, namespace, spec }: Written): KubeObject => ({
  apiVersion: API_VERSION,
  kind: 'TrainingJob',
  metadata: { name, namespace },
  spec,
})

/** Another object beside it, which reads the same rows and ends there. It is not run twice, and not held back. */
export const validationOf = (written: Written, suffix: string): KubeObject => {
  const { name, namespace, spec } = written
  const { schedule: _, ...rest } = spec
  const room = LONGEST_NAME - MIDDLE.length - suffix.length
  return {
    apiVersion: API_VERSION,
    kind: 'TrainingJob',
    metadata: { name: `${name.slice(0, room)}${MIDDLE}${suffix}`, namespace, labels: { [label.validates]: name } },
    spec: { ...rest, data: { ...spec.data, source: sourceOf(written) }, suspend: false, stopAfter: 'Validation' },
  }
}

/** Under its own name it would look for the rows on a claim of that name. */
const sourceOf = (written: Written): WrittenSpec['data']['source'] => {
  const { source } = written.spec.data
  const claim = claimOf(written)
  return source.csv && claim ? { ...source, csv: { ...source.csv, claim } } : source
}

/** The claim that the rows are on, if they are on one. */
export const claimOf = ({ name, spec }: Written): string | undefined => {
  const { csv } = spec.data.source
  return csv && (csv.claim ?? spec.storage?.data?.claim ?? `${name}-data`)
}

export interface Outcome {
  verdict: 'Valid' | 'Refused' | 'Unknown'
  reason: string
  message: string
  data?: NonNullable<TrainingJob['status']>['dataReport']
}

const aboutTheRows = ['ChecksRefused', 'ConfigInvalid', 'DataMissing', 'DataInvalid']

export const refusal = (reason: string, message: string): Outcome => ({ verdict: 'Refused', reason, message })

/** Undefined while it goes on. */
export const outcomeOf = ({ status }: TrainingJob): Outcome | undefined => {
  const condition = (type: string) => status?.conditions?.find(each => each.type === type)
  const run = status?.runs?.[0]
  const data = status?.dataReport && { data: status.dataReport }
  if (run?.outcome === 'Succeeded')
    return { verdict: 'Valid', reason: 'DataChecked', message: condition('DataValid')?.message ?? run.message ?? '', ...data }
  const { reason = '', message = '' } = run?.outcome === 'Failed' ? run : (condition('Stalled') ?? {})
  if (reason === '') return undefined
  return { verdict: aboutTheRows.includes(reason) ? 'Refused' : 'Unknown', reason, message, ...data }
}

export const timedOut = (waitMs: number, lastSeen: string): Outcome => ({
  verdict: 'Unknown',
  reason: 'TimedOut',
  message: `no answer within ${waitMs / 1000} s; at last ${lastSeen}`,
})

/** A run with a fallback goes on where its source is refused; who asks about the source hears of both. */
export const withFallback = (outcome: Outcome, { spec }: Written): Outcome => {
  const fallback = spec.data.fallback?.builtin
  if (outcome.verdict !== 'Refused' || outcome.reason === 'ConfigInvalid' || !fallback) return outcome
  return { ...outcome, message: `${outcome.message}; a run would train on data.fallback (${fallback}) instead` }
}

/** Where it stands, for whoever waits. */
export const standing = ({ status }: TrainingJob): { reason: string; message: string } => {
  if (!status?.observedGeneration)
    return { reason: 'Pending', message: 'the operator has not looked at it: is it installed, and does it watch this namespace?' }
  const { reason = 'Pending', message = '' } = status.conditions?.find(({ type }) => type === 'Ready') ?? {}
  return { reason, message }
}
