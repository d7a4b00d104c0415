// Decides how the process ends: in order when asked to, at once and loudly when it no longer knows its own state.
import { causeOf } from './errors.ts'
import type { Log } from './log.ts'

/** Resolves with the first signal that asks the process to end. */
export const endRequested = (): Promise<NodeJS.Signals> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })

/** After an error nobody expected, what is in memory cannot be trusted; what is in the cluster can. */
export const exitOnSurprise = (log: Log): void => {
  const exit = (kind: string) => (error: unknown) => {
    log.error({ cause: causeOf(error), stack: error instanceof Error ? error.stack : undefined }, kind)
    process.exitCode = 1
    setTimeout(() => process.exit(1), 100)
  }
  process.on('uncaughtException', exit('uncaught exception'))
  process.on('unhandledRejection', exit('unhandled rejection'))
}
