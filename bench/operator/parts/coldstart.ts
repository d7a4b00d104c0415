// A start with many objects that need nothing: until it is ready, until it has looked at all of them, what it writes, and how long a change waits meanwhile.
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { startTidegate } from '../contender.ts'
import { apply, change, type Ground, openGround, untilMade, untilQuiet, writesOf } from '../ground.ts'
import { sumOf } from '../measure/metricspage.ts'
import { costOf } from '../measure/process.ts'
import { servicesNamed } from '../objects.ts'

export interface ColdStartRound {
  /** From the start of the process until /readyz says ok. */
  readySeconds: number
  /** Until every InferenceService was looked at and nothing waits. */
  syncedSeconds: number
  /** Of all objects but the one that was changed. */
  writes: number
  /** From a change at the moment of readiness until the operator's first write about it. */
  changeActedOnMs: number
  /** Until its last write about it. */
  changeDoneMs: number
  rssMiB: number
  peakMiB: number
  cpuSeconds: number
}

export interface ColdStartSettings {
  objects: number
  rounds: number
  flags: string[]
  keep: (round: ColdStartRound) => void
}

/** All rounds on one ground: a start that writes nothing leaves it as it was. */
export const coldStarts = async ({ objects, rounds, flags, keep }: ColdStartSettings): Promise<void> => {
  const ground = await openGround()
  try {
    const services = servicesNamed('main', objects)
    await fill(ground, services)
    for (let round = 0; round < rounds; round++) {
      const target = services[(round * 37) % services.length]
      if (target) keep(await coldStart(ground, { target, objects, flags, max: 4 + round }))
    }
  } finally {
    await ground.close()
  }
}

const fill = async (ground: Ground, services: readonly KubeObject[]): Promise<void> => {
  const operator = await startTidegate(ground)
  await apply(ground, services)
  await untilMade(ground, { user: operator.user, services: services.length, mark: 0 })
  await untilQuiet(ground, operator.user)
  await operator.stop()
}

interface Start {
  target: KubeObject
  objects: number
  flags: string[]
  max: number
}

const coldStart = async (ground: Ground, { target, objects, flags, max }: Start): Promise<ColdStartRound> => {
  const mark = ground.audit.refresh()
  const began = performance.now()
  const operator = await startTidegate(ground, { flags })
  try {
    const readySeconds = (performance.now() - began) / 1000
    await change(ground, target, max)
    await untilSynced(operator, objects)
    const syncedSeconds = (performance.now() - began) / 1000
    const cost = costOf(operator.pid)
    await untilQuiet(ground, operator.user)
    return { readySeconds, syncedSeconds, ...consequences(ground, { target, user: operator.user, mark }), ...cost }
  } finally {
    await operator.stop()
  }
}

const LOOK_MS = 50
const LONGEST_MS = 120_000

const untilSynced = async (operator: { metrics(): Promise<string> }, objects: number): Promise<void> => {
  for (const until = Date.now() + LONGEST_MS; ; await sleep(LOOK_MS)) {
    const page = await operator.metrics()
    const passes = sumOf(page, 'controller_runtime_reconcile_total', { controller: 'inferenceservice' })
    const busy = sumOf(page, 'workqueue_depth') + sumOf(page, 'controller_runtime_active_workers')
    if (passes >= objects && busy === 0) return
    if (Date.now() > until) throw new Error(`after ${LONGEST_MS / 1000} s: ${passes} passes over ${objects} services, ${busy} keys wait`)
  }
}

interface Question {
  target: KubeObject
  user: string
  mark: number
}

const consequences = (ground: Ground, { target, user, mark }: Question) => {
  const { namespace, name } = target.metadata
  const changed = ground.audit.writes.slice(mark).find(write => write.user === 'admin' && write.verb === 'patch' && write.name === name)
  const writes = writesOf(ground, user, mark)
  const about = writes.filter(write => write.namespace === namespace && write.name.replace(/-v\d+$/, '') === name)
  const since = changed?.receivedAt ?? Number.NaN
  return {
    writes: writes.length - about.length,
    changeActedOnMs: (about[0]?.receivedAt ?? Number.POSITIVE_INFINITY) - since,
    changeDoneMs: (about.at(-1)?.endedAt ?? Number.POSITIVE_INFINITY) - since,
  }
}
