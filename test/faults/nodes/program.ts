// What runs in a container: it may be ready, it may end by itself, it can be asked to end, and it holds sockets until it is closed.
import type { Pod } from '../../../operator/plan/observed.ts'

export interface End {
  exitCode: number
  reason: 'Completed' | 'Error' | 'OOMKilled'
  message?: string
}

export interface Program {
  readonly ready: boolean
  /** Resolves when it ends by itself. */
  ended: Promise<End>
  /** SIGTERM, and so long until SIGKILL. */
  stop: (graceMs: number) => Promise<End>
  /** Lets go of everything, whatever state it is in. */
  close: () => Promise<void>
}

export interface Start {
  pod: Pod
  address: string
  /** Told when `ready` changes. */
  onReady: () => void
}

/** A container that is neither trainer nor server: it sits there. */
export const idle: Program = {
  ready: true,
  ended: new Promise(() => undefined),
  stop: async () => ({ exitCode: 0, reason: 'Completed' }),
  close: async () => undefined,
}
