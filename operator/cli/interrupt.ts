// Decides what a signal does while something of ours is in the cluster: the command ends in order, and a second signal ends it at once.
import { Interrupted } from './failure.ts'

/** As a shell has it: 128 and the number of the signal. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const

export interface Listening {
  /** Aborted by the first signal; its reason is an Interrupted. */
  signal: AbortSignal
  /** From here on, signals do what they always do. */
  stop: () => void
}

export const listen = (): Listening => {
  const controller = new AbortController()
  const listeners = Object.entries(exitCodes).map(([name, exitCode]) => {
    const heard = () => {
      stop()
      controller.abort(new Interrupted(`stopped by ${name}`, exitCode))
    }
    return { name, heard }
  })
  const stop = () => {
    for (const { name, heard } of listeners) process.off(name, heard)
  }
  for (const { name, heard } of listeners) process.once(name, heard)
  return { signal: controller.signal, stop }
}
