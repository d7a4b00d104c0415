// Decides how children of a TrainingJob are called and labelled: a name tells its run, so that nothing can run twice under one number.
import { annotation, label } from '../../api/contract.ts'
import type { Run } from '../../api/run.ts'
import type { TrainingJob } from '../../api/trainingjob.ts'
import type { KubeObject } from '../../runtime/shape.ts'

export const CONTAINER = 'trainer'

/** Annotations of a Job: with them a run is known even when the status was lost. */
export const runAnnotation = {
  specDigest: 'tidegate.io/spec-digest',
  request: annotation.runRequested,
  trigger: 'tidegate.io/run-trigger',
  attempt: 'tidegate.io/run-attempt',
} as const

export const runName = (job: TrainingJob, run: number): string => `${job.metadata.name}-run-${run}`

export const dataClaim = ({ metadata, spec }: TrainingJob): string =>
  spec.data.source.csv?.claim ?? spec.storage.data.claim ?? `${metadata.name}-data`

export const artifactsClaim = ({ metadata, spec }: TrainingJob): string => spec.storage.artifacts.claim ?? `${metadata.name}-artifacts`

/** Its runs end with the checks: they need no place for a bundle. */
export const onlyChecks = ({ spec }: TrainingJob): boolean => spec.stopAfter === 'Validation'

export const ownLabels = (job: TrainingJob): Record<string, string> => ({
  [label.managedBy]: 'tidegate',
  [label.trainingJob]: job.metadata.name,
})

export const runLabels = (job: TrainingJob, run: number): Record<string, string> => ({
  ...ownLabels(job),
  [label.name]: 'trainer',
  [label.model]: job.spec.model,
  [label.run]: String(run),
})

export const runMetadata = (job: TrainingJob, run: Run): KubeObject['metadata'] => ({
  name: runName(job, run.number),
  namespace: job.metadata.namespace,
  labels: runLabels(job, run.number),
  annotations: {
    [runAnnotation.specDigest]: run.specDigest,
    ...(run.request !== undefined && { [runAnnotation.request]: run.request }),
    ...(byItself(run.trigger) && { [runAnnotation.trigger]: run.trigger }),
    ...(run.attempt !== undefined && { [runAnnotation.attempt]: String(run.attempt) }),
  },
})

/** What a spec and a request leave no trace of; read from an annotation, that of a recovered run is one of these or none. */
export const byItself = (trigger: string | undefined): trigger is 'Schedule' | 'GateFailure' =>
  trigger === 'Schedule' || trigger === 'GateFailure'

/** The run that a child belongs to; undefined for anything that does not say so. */
export const runOf = (child: KubeObject): number | undefined => {
  const written = child.metadata.labels?.[label.run] ?? ''
  return /^[1-9][0-9]{0,8}$/.test(written) ? Number(written) : undefined
}
