// Decides who is retired, and which bundles a Job removes next. It is committed with the moves, before anything is removed:
//
//   nobody needs it, its time has come  → retired: it enters no stage any more
//   its folder is named by another      → Kept: only the object goes
//   its folder may go                   → in a batch, one for each claim at a time; the Job is made from it
//   the Job says Removed or Gone        → the object may go
//   the Job failed, or refused          → out of the batch, tried again later
//   somebody needs it meanwhile         → the whole batch is given up, and its Job with it
import { CLEANUP_LIMIT } from '../../../api/cleanupjob.ts'
import { RETIRED_LIMIT, type Retirement } from '../../../api/model.ts'
import { isFinished, LOST_AFTER_SECONDS } from '../../pods/ofjob.ts'
import { sha256 } from '../../sha256.ts'
import { retryAt } from '../gaterun/measured.ts'
import type { Registry } from '../registry.ts'
import { isShared, jobOf, keptBack, outOfBatch, type RetentionWorld, versionOf } from './book.ts'
import { leaving } from './cleanup.ts'
import { harvested } from './harvest.ts'
import { removable } from './removable.ts'

type Step = (registry: Registry, world: RetentionWorld) => Registry

export const retain: Step = (start, world) =>
  [harvested, withoutGone, withoutStopped, retiring, keeping, batching].reduce((registry, step) => step(registry, world), start)

/** Whoever has the number now is another one, and may name the same folder: what is under way for it is given up. */
const withoutGone: Step = (registry, world) => {
  const isThere = (retirement: Retirement) => versionOf(world, retirement) !== undefined
  const known = givenUp(registry, retirement => !isThere(retirement))
  return { ...known, retired: known.retired.filter(isThere) }
}

const withoutStopped: Step = (registry, world) => givenUp(registry, retirement => !mayGo(retirement, registry, world))

/** Without the batches that have such a member. */
const givenUp = (registry: Registry, isWrong: (member: Retirement) => boolean): Registry => {
  const batches = new Set(registry.retired.flatMap(each => (each.job && isWrong(each) ? [each.job] : [])))
  return { ...registry, retired: registry.retired.map(each => (each.job && batches.has(each.job) ? outOfBatch(each) : each)) }
}

const mayGo = (retirement: Retirement, registry: Registry, world: RetentionWorld): boolean => {
  const version = versionOf(world, retirement)
  return version !== undefined && !keptBack(retirement, world) && !isShared(version, registry, world)
}

/** No more at once than one Job removes. */
const retiring: Step = (registry, world) => {
  const fresh = removable({ ...world, registry })
    .filter(({ from }) => from <= world.now)
    .slice(0, roomIn(registry))
    .map(({ version: { spec, metadata } }): Retirement => ({ version: spec.version, uid: metadata.uid, at: world.now.toISOString() }))
  return { ...registry, retired: [...registry.retired, ...fresh] }
}

const roomIn = ({ retired }: Registry): number => Math.max(0, Math.min(CLEANUP_LIMIT, RETIRED_LIMIT - retired.length))

/** One after the other: of two that share a folder the last one takes it along. */
const keeping: Step = (start, world) => {
  let registry = start
  for (const retirement of start.retired) {
    if (goesAlone(retirement, registry, world)) registry = replaced(registry, retirement, { ...retirement, bundle: 'Kept' })
  }
  return registry
}

const goesAlone = (retirement: Retirement, registry: Registry, world: RetentionWorld): boolean => {
  const version = versionOf(world, retirement)
  const isDone = retirement.bundle !== undefined || retirement.job !== undefined
  return !isDone && version !== undefined && !keptBack(retirement, world) && isShared(version, registry, world)
}

const replaced = (registry: Registry, old: Retirement, by: Retirement): Registry => ({
  ...registry,
  retired: registry.retired.map(each => (each === old ? by : each)),
})

const batching: Step = (registry, world) => {
  const claimOf = (retirement: Retirement) => versionOf(world, retirement)?.spec.artifact.claim
  const busy = new Set(registry.retired.filter(({ job }) => job).map(claimOf))
  const due = registry.retired.filter(each => isDue(each, world.now) && mayGo(each, registry, world))
  const claims = [...new Set(due.map(claimOf))].filter(claim => !busy.has(claim))
  return claims.reduce((known, claim) => batched(known, due.filter(each => claimOf(each) === claim).slice(0, CLEANUP_LIMIT)), registry)
}

const isDue = (retirement: Retirement, now: Date): boolean => {
  const again = triesAgain(retirement)
  return !retirement.bundle && !retirement.job && (again === undefined || again <= now)
}

/** Another batch has another Job, and so has another try of the same. */
const batched = (registry: Registry, members: readonly Retirement[]): Registry => {
  const job = sha256(JSON.stringify(members.map(({ uid, failures = 0 }) => [uid, failures]))).slice(0, 8)
  return { ...registry, retired: registry.retired.map(each => (members.includes(each) ? { ...each, job } : each)) }
}

/** When it is worth another look though nothing has happened. What is due and was not begun waits for somebody, who wakes us. */
export const nextRetention = (registry: Registry, world: RetentionWorld): Date | undefined => {
  const { now } = world
  const tries = registry.retired.flatMap(each => triesAgain(each) ?? []).filter(moment => moment > now)
  const hasRoom = roomIn(registry) > 0
  const ages = removable({ ...world, registry }).flatMap(({ from }) => (from > now || hasRoom ? [from] : []))
  const answers = registry.retired.flatMap(({ job }) =>
    job && isUnheard(job, world) ? [new Date(now.getTime() + LOST_AFTER_SECONDS * 1000)] : [],
  )
  const objects = leaving(registry, world).map(() => now)
  const moments = [...tries, ...ages, ...answers, ...objects].map(moment => moment.getTime())
  return moments.length > 0 ? new Date(Math.min(...moments)) : undefined
}

/** After a failure. */
const triesAgain = ({ failures, triedAt }: Retirement): Date | undefined =>
  failures && triedAt ? retryAt({ failures, at: triedAt }) : undefined

/** It has ended, and its pod is not seen yet. */
const isUnheard = (batch: string, world: RetentionWorld): boolean => {
  const job = jobOf(world, batch)
  return job !== undefined && isFinished(job)
}
