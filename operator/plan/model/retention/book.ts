// What is known of retention in one pass, and what of it the Jobs have found out: the story that its steps share.
import type { Decision } from '../../../api/decision.ts'
import type { InferenceService } from '../../../api/inferenceservice.ts'
import type { Model, Retirement } from '../../../api/model.ts'
import type { ModelVersion } from '../../../api/modelversion.ts'
import type { Job } from '../../observed.ts'
import type { Scene } from '../ladder.ts'
import type { Registry } from '../registry.ts'
import { servedBy } from '../served.ts'
import type { ServerJobs } from '../serverjob/jobs.ts'
import { cleanupJobName } from './cleanupjob.ts'
import { isNamedByAnother } from './folders.ts'

export interface RetentionWorld {
  model: Model
  /** All that exist. */
  versions: readonly ModelVersion[]
  /** Of other models in the namespace: they may name the same folders. */
  neighbours: readonly ModelVersion[]
  decisions: readonly Decision[]
  services: readonly InferenceService[]
  /** Jobs that remove bundles. */
  cleanups: ServerJobs
  /** What a move is decided from. */
  scene: Scene
  now: Date
}

export const versionOf = ({ versions }: Pick<RetentionWorld, 'versions'>, retirement: Retirement): ModelVersion | undefined =>
  versions.find(({ metadata, spec }) => spec.version === retirement.version && metadata.uid === retirement.uid)

/** Why nothing of it may be removed right now, in words. */
export const keptBack = (retirement: Retirement, { model, services }: Pick<RetentionWorld, 'model' | 'services'>): string | undefined => {
  if (!model.spec.retention) return 'nothing is removed while the Model has no spec.retention'
  const names = servedBy(services, retirement.version)
  return names.length > 0 ? `it waits, because ${names.join(', ')} serves it` : undefined
}

/** Whether its folder is needed by a version that stays. Those that are about to go without their bundle need it no more. */
export const isShared = (version: ModelVersion, { retired }: Pick<Registry, 'retired'>, world: RetentionWorld): boolean => {
  const leaving = retired.filter(each => each.bundle && !keptBack(each, world)).map(({ uid }) => uid)
  const staying = [...world.versions, ...world.neighbours].filter(({ metadata }) => !leaving.includes(metadata.uid))
  return isNamedByAnother(version, staying)
}

export const jobOf = ({ model, cleanups }: RetentionWorld, batch: string): Job | undefined =>
  cleanups.jobs.find(({ metadata }) => metadata.name === cleanupJobName(model, batch))

export const outOfBatch = (member: Retirement): Retirement => {
  const { job: _, ...retirement } = member
  return retirement
}
