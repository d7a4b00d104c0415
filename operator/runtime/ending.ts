// Decides how the process ends: in order when asked to, at once and loudly when it no longer knows its own state.
import { causeOf } from './errors.ts'
import type { Log } from './log.ts'

/** Resolves with the first signal that asks the process to end. */
export const endRequested = (): Promise<NodeJS.Signals> =>
  new Promise(resolve => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })

/** At once, without finishing anything: what is in memory cannot be trusted; what is in the cluster can. */
export const endAtOnce = (log: Log, fields: object, message: string): void => {
  log.error(fields, message)
  process.exitCode = 1
  setTimeout(() => process.exit(1), 100)
}

/** After an error nobody expected. */
export const exitOnSurprise = (log: Log): void => {
  const exit = (kind: string) => (error: unknown) =>
    endAtOnce(log, { cause: causeOf(error), stack: error instanceof Error ? error.stack : undefined }, kind)
  process.on('uncaughtException', exit('uncaught exception'))
  process.on('unhandledRejection', exit('unhandled rejection'))
}
