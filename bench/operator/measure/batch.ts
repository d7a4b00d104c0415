// One batch of services, from the first apply to the last write that follows from it, on the clock of the API server.
import { dirname } from 'node:path'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { runningPart } from '../../../test/cluster/part.ts'
import type { Contender } from '../contender.ts'
import { apply, type Ground, isMade, untilMade, untilQuiet, writesOf } from '../ground.ts'
import { costOf } from './process.ts'

export interface BatchFigures {
  services: number
  /** From the first apply until the last child is there. */
  childrenSeconds: number
  childrenPerSecond: number
  /** Until the last write of all, such as a status. */
  writesSeconds: number
  writes: number
  writesPerSecond: number
  writesPerService: number
  /** Writes that were not granted. */
  refused: number
  cpuSeconds: number
  /** Of etcd and the API server meanwhile. */
  serverCpuSeconds: number
  rssMiB: number
}

export interface Batch {
  services: readonly KubeObject[]
  /** Silence that ends the batch. */
  quietMs?: number
}

export const runBatch = async (ground: Ground, contender: Contender, { services, quietMs }: Batch): Promise<BatchFigures> => {
  const { audit } = ground
  const { user, pid } = contender
  const mark = audit.refresh()
  const before = costOf(pid)
  const serverBefore = serverCpu(ground)
  await apply(ground, services, service => contender.offer?.(service))
  await Promise.race([untilMade(ground, { user, services: services.length, mark }), contender.failed])
  await untilQuiet(ground, user, quietMs)
  const after = costOf(pid)
  const writes = writesOf(ground, user, mark)
  const beganAt = firstApply(ground, mark)
  const made = writes.filter(isMade)
  const childrenSeconds = (Math.max(...made.map(({ endedAt }) => endedAt)) - beganAt) / 1000
  const writesSeconds = (Math.max(...writes.map(({ endedAt }) => endedAt)) - beganAt) / 1000
  return {
    services: services.length,
    childrenSeconds,
    childrenPerSecond: made.length / childrenSeconds,
    writesSeconds,
    writes: writes.length,
    writesPerSecond: writes.length / writesSeconds,
    writesPerService: writes.length / services.length,
    refused: writes.filter(({ code }) => code >= 400).length,
    cpuSeconds: after.cpuSeconds - before.cpuSeconds,
    serverCpuSeconds: serverCpu(ground) - serverBefore,
    rssMiB: after.rssMiB,
  }
}

const firstApply = ({ audit }: Ground, mark: number): number =>
  Math.min(
    ...audit.writes
      .slice(mark)
      .filter(({ verb, resource }) => verb === 'create' && resource === 'inferenceservices')
      .map(({ receivedAt }) => receivedAt),
  )

const serverCpu = ({ plane }: Ground): number =>
  (['etcd', 'kube-apiserver'] as const).reduce((sum, name) => {
    const part = runningPart(dirname(plane.auditLog), name)
    return sum + (part === undefined ? 0 : costOf(part.pid).cpuSeconds)
  }, 0)
