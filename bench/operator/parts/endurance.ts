// What stays the same over a long time: nothing is written at rest, and the heap does not grow under a steady trickle of changes.
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { startTidegate } from '../contender.ts'
import { apply, change, type Ground, openGround, untilMade, untilQuiet, writesOf } from '../ground.ts'
import { openHeap } from '../measure/inspector.ts'
import { costOf } from '../measure/process.ts'
import { servicesNamed } from '../objects.ts'

export interface RestRound {
  minutes: number
  writes: number
  rssMiB: number
  peakMiB: number
  cpuSecondsPerMinute: number
}

export interface SoakRound {
  minutes: number
  changes: number
  /** MiB after a forced collection, once a minute from a third of the time on. */
  heapMiB: number[]
  /** The last of them less the first. */
  growthMiB: number
  rssMiB: number
}

export interface EnduranceSettings {
  objects: number
  minutes: number
  say: (line: string) => void
}

type Running = Awaited<ReturnType<typeof startTidegate>>

const withServices = async <Value>(
  objects: number,
  flags: string[],
  work: (ground: Ground, operator: Running) => Promise<Value>,
): Promise<Value> => {
  const ground = await openGround()
  const operator = await startTidegate(ground, { flags })
  try {
    await apply(ground, servicesNamed('main', objects))
    await untilMade(ground, { user: operator.user, services: objects, mark: 0 })
    await untilQuiet(ground, operator.user)
    return await work(ground, operator)
  } finally {
    await operator.stop()
    await ground.close()
  }
}

export const restRound = ({ objects, minutes }: EnduranceSettings): Promise<RestRound> =>
  withServices(objects, [], async (ground, operator) => {
    const mark = ground.audit.refresh()
    const before = costOf(operator.pid)
    await sleep(minutes * 60_000)
    ground.audit.refresh()
    const { rssMiB, peakMiB, cpuSeconds } = costOf(operator.pid)
    const cpuSecondsPerMinute = (cpuSeconds - before.cpuSeconds) / minutes
    return { minutes, writes: writesOf(ground, operator.user, mark).length, rssMiB, peakMiB, cpuSecondsPerMinute }
  })

const PER_SECOND = 5

export const soakRound = ({ objects, minutes, say }: EnduranceSettings): Promise<SoakRound> =>
  withServices(objects, ['--inspect=127.0.0.1:0'], async (ground, operator) => {
    const heap = await openHeap(operator.noise)
    const services = servicesNamed('main', objects)
    const heapMiB: number[] = []
    let changes = 0
    for (let minute = 1; minute <= minutes; minute++) {
      changes = await trickle(ground, services, changes)
      if (minute < Math.ceil(minutes / 3)) continue
      heapMiB.push(await heap.collected())
      say(`minute ${minute}: ${heapMiB.at(-1)?.toFixed(2)} MiB`)
    }
    heap.close()
    const growthMiB = (heapMiB.at(-1) ?? Number.NaN) - (heapMiB[0] ?? Number.NaN)
    return { minutes, changes, heapMiB, growthMiB, rssMiB: costOf(operator.pid).rssMiB }
  })

/** Changes for a minute, from the one of that number on; answers the number of the next one. */
const trickle = async (ground: Ground, services: readonly KubeObject[], from: number): Promise<number> => {
  let at = from
  for (const began = performance.now(); performance.now() < began + 60_000; ) {
    const service = services[at % services.length]
    // The maximum goes up and down: an object that stays the same would not be a change.
    if (service) await change(ground, service, 4 + (Math.floor(at / services.length) % 2))
    at += 1
    await sleep(Math.max(0, began + ((at - from) * 1000) / PER_SECOND - performance.now()))
  }
  return at
}
