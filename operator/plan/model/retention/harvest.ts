// Puts what the Jobs have removed into the registry, with the sum of it and a sentence for people.
import type { Retirement } from '../../../api/model.ts'
import type { Registry } from '../registry.ts'
import { jobOf, outOfBatch, type RetentionWorld } from './book.ts'
import { outcomeOf } from './outcome.ts'

export const harvested = (registry: Registry, world: RetentionWorld): Registry => {
  const heard = registry.retired.map(retirement => ({ before: retirement, ...heardOf(retirement, world) }))
  const news = heard.filter(({ before, after }) => after !== before)
  if (news.length === 0) return registry
  const done = news.filter(({ after }) => after.bundle)
  const freed = news.reduce((sum, { bytes }) => sum + bytes, 0)
  const { removed = 0, freedBytes = 0 } = registry.retention ?? {}
  return {
    ...registry,
    retired: heard.map(({ after }) => after),
    retention: {
      removed: removed + done.length,
      freedBytes: freedBytes + freed,
      at: world.now.toISOString(),
      message: sentence(
        news.map(({ after }) => after),
        freed,
      ),
    },
  }
}

const heardOf = (retirement: Retirement, world: RetentionWorld): { after: Retirement; bytes: number } => {
  const job = retirement.job && jobOf(world, retirement.job)
  const outcome = job && outcomeOf(job, world.cleanups, world.now)
  if (!outcome) return { after: retirement, bytes: 0 }
  if ('problem' in outcome) return failed(retirement, outcome.problem, world.now)
  const told = outcome.value.bundles.find(({ version }) => version === retirement.version)
  if (!told || told.outcome === 'Refused') return failed(retirement, told?.message ?? 'the Job said nothing of it', world.now)
  const { version, uid, at } = retirement
  return { after: { version, uid, at, bundle: told.outcome }, bytes: told.bytes }
}

const failed = (retirement: Retirement, message: string, now: Date): { after: Retirement; bytes: number } => {
  const failures = (retirement.failures ?? 0) + 1
  return { after: { ...outOfBatch(retirement), failures, triedAt: now.toISOString(), message: message.slice(0, 256) }, bytes: 0 }
}

const sentence = (news: readonly Retirement[], freed: number): string => {
  const done = news.filter(({ bundle }) => bundle).map(({ version }) => version)
  const problems = news.flatMap(({ version, bundle, message }) => (bundle ? [] : [`version ${version}: ${message}`]))
  const removed = done.length > 0 ? [`removed the bundles of ${numbered(done)}, ${freed} bytes`] : []
  const kept = problems.length > 0 ? [`could not remove ${problems.length}, tries again later: ${problems.join('; ')}`] : []
  return [...removed, ...kept].join('; ').slice(0, 512)
}

const numbered = (versions: readonly number[]): string => `version${versions.length > 1 ? 's' : ''} ${versions.join(', ')}`
