// Decides which cleanup Jobs exist and which ModelVersions are deleted: only what the committed registry says is on its way out.
import type { ModelVersion } from '../../../api/modelversion.ts'
import type { Child, Happening } from '../../../runtime/shape.ts'
import { isFinished } from '../../pods/ofjob.ts'
import { placeOf } from '../moves.ts'
import type { Registry } from '../registry.ts'
import { troubleOf as trouble } from '../serverjob/answer.ts'
import { forgotten, keep } from '../serverjob/jobs.ts'
import { jobOf, keptBack, type RetentionWorld, versionOf } from './book.ts'
import { cleanupJob, cleanupJobName } from './cleanupjob.ts'
import { words } from './outcome.ts'

/** The Jobs of the batches, and those that ended, for an hour after their answer was stored. One at work that was given up leaves the plan. */
export const cleanupChildren = (registry: Registry, world: RetentionWorld): Child[] => {
  if (world.model.metadata.deletionTimestamp) return world.cleanups.jobs.map(keep)
  const batches = new Set(registry.retired.flatMap(({ job }) => job ?? []))
  const wanted = [...batches].map(batch => childOf(batch, registry, world))
  const names = new Set([...batches].map(batch => cleanupJobName(world.model, batch)))
  const ended = world.cleanups.jobs.filter(job => isFinished(job) && !names.has(job.metadata.name))
  return [...wanted, ...ended.map(forgotten)]
}

const childOf = (batch: string, { retired }: Registry, world: RetentionWorld): Child => {
  const found = jobOf(world, batch)
  if (found) return keep(found)
  const versions = retired.filter(({ job }) => job === batch).flatMap(each => versionOf(world, each) ?? [])
  return { object: cleanupJob(world.model, { name: batch, versions }, world.cleanups.settings) }
}

/** Of the registry as it is stored. */
export const leaving = (stored: Registry, world: RetentionWorld): ModelVersion[] =>
  stored.retired.flatMap(retirement => {
    const version = versionOf(world, retirement)
    const isReady = retirement.bundle !== undefined && !keptBack(retirement, world) && !world.model.metadata.deletionTimestamp
    return isReady && version && !version.metadata.deletionTimestamp ? [version] : []
  })

/** A copy that is behind would be refused by the policy that guards holders. */
export const isTold = ({ status }: ModelVersion): boolean =>
  status?.stage !== undefined && placeOf(status.stage) !== 'Stage' && !status.servedBy?.length

/** Why the Job of a batch does not get ahead, if it does not. */
export const troubleOf = (batch: string, { model, cleanups }: RetentionWorld): string | undefined =>
  trouble(cleanupJobName(model, batch), cleanups, words)

/** Told when the status says it for the first time. */
export const retentionEvents = (before: Registry, after: Registry): Happening[] => {
  const { retention } = after
  if (!retention || retention === before.retention) return []
  const isFailure = after.retired.some(({ triedAt }) => triedAt === retention.at)
  return [{ type: isFailure ? 'Warning' : 'Normal', reason: isFailure ? 'CleanupFailed' : 'Removed', message: retention.message }]
}
