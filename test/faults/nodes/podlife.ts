// The life of one pod on the node: taken, started, restarted, ended, removed, as scheduler and kubelet would do it.
import type { ContainerState, Pod } from '../../../operator/plan/observed.ts'
import { pause, systemClock } from '../../../operator/runtime/clock.ts'
import type { Addresses } from './addresses.ts'
import type { Kubelet } from './kubelet.ts'
import { podStatus, type Situation, stamp, terminated } from './podstatus.ts'
import type { End, Program, Start } from './program.ts'

export interface Surroundings {
  kubelet: Kubelet
  addresses: Addresses
  /** The newest version of a pod that is known; undefined once it is gone. */
  latest: (pod: Pod) => Pod | undefined
  /** Why no node takes it; why its containers cannot start. */
  lacks: { claim: (pod: Pod) => string | undefined; configMap: (pod: Pod) => string | undefined }
  /** Resolves when something that pods may lack has changed. */
  changed: () => Promise<void>
  start: (start: Start) => Promise<Program>
  /** From the deletion to the end of its containers. */
  graceMs: number
  /** Before the second restart; then twice as long each time. */
  backoffMs: number
}

const LONGEST_BACKOFF_MS = 10_000
const PATIENCE_MS = 500

/** It owns what runs in the pod; it ends when the pod is gone, or forgotten. */
export class PodLife {
  readonly done: Promise<void>
  readonly #pod: Pod
  readonly #around: Surroundings
  readonly #leaving = new AbortController()
  readonly #gone = new AbortController()
  /** One listener each: races come and go for as long as the pod lives. */
  readonly #left = aborted(this.#leaving.signal)
  readonly #lost = aborted(this.#gone.signal)
  #writing: Promise<unknown> = Promise.resolve()
  #unwritten: Situation | undefined

  constructor(pod: Pod, around: Surroundings) {
    this.#pod = pod
    this.#around = around
    this.done = this.#lead()
  }

  /** Somebody deleted the pod. */
  leave(): void {
    this.#leaving.abort()
  }

  /** The pod is gone, or the node: what runs ends at once, and nothing is written any more. */
  forget(): void {
    this.#gone.abort()
    this.#leaving.abort()
  }

  async #lead(): Promise<void> {
    const { phase } = this.#pod.status ?? {}
    if (phase !== 'Succeeded' && phase !== 'Failed') await this.#live()
    await this.#left
    if (!this.#gone.signal.aborted) await this.#around.kubelet.remove(this.#pod)
  }

  async #live(): Promise<void> {
    const { kubelet, addresses, lacks } = this.#around
    const restarts = nextStart(this.#pod)
    if (!this.#pod.spec?.nodeName) {
      await this.#untilNothing(lacks.claim, unscheduled => ({ phase: 'Pending', ready: false, restarts, unscheduled }))
      // Without a node the collector of orphaned pods ends it.
      if (this.#leaving.signal.aborted) return await this.#report({ phase: 'Failed', ready: false, restarts })
      await kubelet.bind(this.#pod)
    }
    const address = addresses.take()
    try {
      await this.#untilNothing(lacks.configMap, () => ({ phase: 'Pending', ready: false, restarts, state: CREATING }))
      if (this.#leaving.signal.aborted) await this.#report({ phase: 'Failed', ready: false, restarts, state: CREATING })
      else await this.#run(address, restarts)
    } finally {
      addresses.free(address)
    }
  }

  async #untilNothing(lacks: (pod: Pod) => string | undefined, tell: (what: string) => Situation): Promise<void> {
    const since = performance.now()
    let told: string | undefined
    while (!this.#leaving.signal.aborted) {
      const changed = this.#around.changed()
      const lacking = lacks(this.#pod)
      if (lacking === undefined) return
      // News of other kinds come by other ways: what seems to be missing may be on its way.
      const isLate = performance.now() - since >= PATIENCE_MS
      if (isLate && lacking !== told) void this.#report(tell(lacking))
      if (isLate) told = lacking
      await Promise.race([changed, this.#left, ...(isLate ? [] : [pause(systemClock, PATIENCE_MS)])])
    }
  }

  async #run(address: string, first: number): Promise<void> {
    const { backoffMs } = this.#around
    let lastState: ContainerState | undefined
    for (let restarts = first; ; restarts++) {
      const startedAt = stamp()
      const end = await this.#container({ phase: 'Running', ready: false, restarts, address, state: { running: { startedAt } }, lastState })
      if (this.#gone.signal.aborted) return
      const state = terminated(end, startedAt)
      const ended: Situation = { phase: 'Running', ready: false, restarts, address, state, lastState }
      if (this.#isLast(end)) return await this.#report({ ...ended, phase: end.exitCode === 0 ? 'Succeeded' : 'Failed' })
      await this.#report(ended)
      if (restarts > first) await this.#backOff({ ...ended, state: BACKING_OFF, lastState: state }, backoffMs * 2 ** (restarts - first - 1))
      if (this.#leaving.signal.aborted) return await this.#report({ ...ended, phase: 'Failed' })
      lastState = state
    }
  }

  #isLast(end: End): boolean {
    const { restartPolicy = 'Always' } = (this.#pod.spec ?? {}) as { restartPolicy?: string }
    return this.#leaving.signal.aborted || restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && end.exitCode === 0)
  }

  async #backOff(waiting: Situation, milliseconds: number): Promise<void> {
    void this.#report(waiting)
    await pause(systemClock, Math.min(milliseconds, LONGEST_BACKOFF_MS), this.#leaving.signal)
  }

  /** From the start of the container to its end, by itself or because the pod leaves. */
  async #container(running: Situation): Promise<End> {
    const { start, graceMs } = this.#around
    const show = (): void => {
      const ready = program?.ready ?? false
      if (!this.#gone.signal.aborted) void this.#report({ ...running, ready })
    }
    let program: Program | undefined
    program = await start({ pod: this.#pod, address: running.address ?? '', onReady: show })
    try {
      show()
      const end = await Promise.race([program.ended, this.#left])
      if (end) return end
      return (await Promise.race([program.stop(graceMs), this.#lost])) ?? KILLED
    } finally {
      const closing = program
      program = undefined
      await closing.close()
    }
  }

  /** Resolves when this, or something newer, is written. */
  #report(situation: Situation): Promise<void> {
    this.#unwritten = situation
    const written = this.#writing.then(() => this.#write())
    this.#writing = written
    return written
  }

  async #write(): Promise<void> {
    const situation = this.#unwritten
    this.#unwritten = undefined
    if (!situation || this.#gone.signal.aborted) return
    const pod = this.#around.latest(this.#pod) ?? this.#pod
    const isOver = () => this.#gone.signal.aborted
    await this.#around.kubelet.report(this.#pod, podStatus(this.#pod, pod.status, situation), isOver)
  }
}

const CREATING: ContainerState = { waiting: { reason: 'ContainerCreating' } }
const BACKING_OFF: ContainerState = {
  waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' },
}
const KILLED: End = { exitCode: 137, reason: 'Error' }

/** A pod that another node of this name left has started before. */
const nextStart = ({ status }: Pod): number => {
  const before = status?.containerStatuses?.[0]
  return before?.state?.running || before?.lastState ? (before.restartCount ?? 0) + 1 : 0
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise(resolve => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
