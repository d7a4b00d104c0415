// Decides what the Job of a run is, and what may still change once it exists.
//
// A Job that exists is sent back as it is, but for what may change: its pod template is immutable, and must not follow a new
// default image or new resources. It is forgotten an hour after it ended, and never before its end is in the status.
import { exitCode } from '../../api/contract.ts'
import { seconds } from '../../api/fields.ts'
import type { Run } from '../../api/run.ts'
import type { Child } from '../../runtime/shape.ts'
import type { Job } from '../observed.ts'
import { isFinished } from '../pods/ofjob.ts'
import { CONTAINER, runAnnotation, runMetadata } from './names.ts'
import { podTemplate } from './podtemplate.ts'
import type { TrainingWorld } from './world.ts'

const FORGET_AFTER_SECONDS = 3600
const LONGEST_SECONDS = 2 ** 31 - 1

/** The Job of a run that has none. */
export const newJob = (world: TrainingWorld, run: Run): Child => ({
  object: {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: runMetadata(world.object, run),
    spec: {
      ...changeable(world),
      completions: 1,
      parallelism: 1,
      // Two trainers never write at the same time: the next pod comes when the last one is gone for good.
      podReplacementPolicy: 'Failed',
      podFailurePolicy: {
        rules: [
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          {
            action: 'FailJob',
            onExitCodes: { containerName: CONTAINER, operator: 'In', values: [exitCode.badInput, exitCode.checksRefused] },
          },
        ],
      },
      template: podTemplate(world, run),
    },
  },
})

const changeable = ({ object }: TrainingWorld) => ({
  suspend: object.spec.suspend,
  backoffLimit: object.spec.compute.retries,
  activeDeadlineSeconds: Math.min(seconds(object.spec.compute.deadline), LONGEST_SECONDS),
})

/** The Job of a run that has one: left alone unless something changes that may. */
export const existingJob = (world: TrainingWorld, run: Run, job: Job): Child => {
  const spec = (job.spec ?? {}) as Record<string, unknown>
  const wanted: Record<string, unknown> = isFinished(job) ? afterEnd(world, run) : changeable(world)
  if (Object.entries(wanted).every(([field, value]) => (spec[field] ?? false) === value)) return { mode: 'keep', object: job }
  return { object: { apiVersion: job.apiVersion, kind: job.kind, metadata: identity(job), spec: { ...spec, ...wanted } } }
}

/** Labels and annotations as they were planned; the model may have another name in the spec by now. */
const identity = ({ metadata }: Job): Job['metadata'] => {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([name]) => planned.includes(name))
  const { name, namespace, labels } = metadata
  return { name, namespace, labels, annotations: Object.fromEntries(annotations) }
}

const planned: string[] = Object.values(runAnnotation)

/** Judged by the status that is stored, not by the one of this pass: only what is stored cannot be lost with the Job. */
const afterEnd = ({ object }: TrainingWorld, run: Run) => {
  const stored = object.status?.runs?.find(each => each.number === run.number)
  return stored && stored.outcome !== 'Running' ? { ttlSecondsAfterFinished: FORGET_AFTER_SECONDS } : {}
}
