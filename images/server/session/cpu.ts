// How many sessions to run: one per processor that the container may use, never one per processor of the node.
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Without a limit a large node would get a session, and its memory, per core. */
const UNLIMITED_WORKERS = 4

const read = (path: string) => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return undefined
  }
}

/** "200000 100000" is two processors; "max 100000" is no limit. */
export const limitOf = (cpuMax: string | undefined): number | undefined => {
  const [quota, period] = (cpuMax ?? '').split(/\s+/).map(Number)
  return quota && period && quota > 0 ? quota / period : undefined
}

export const workersFor = (limit: number | undefined, processors: number) =>
  Math.max(1, Math.min(processors, limit === undefined ? UNLIMITED_WORKERS : Math.ceil(limit)))

export const defaultWorkers = () => {
  const v1 = `${read('/sys/fs/cgroup/cpu/cpu.cfs_quota_us') ?? ''} ${read('/sys/fs/cgroup/cpu/cpu.cfs_period_us') ?? ''}`
  return workersFor(limitOf(read('/sys/fs/cgroup/cpu.max')) ?? limitOf(v1), availableParallelism())
}
