// Leaves without losing a request: unready first, still answering, then no new connections, then the rest, then out.
import { setTimeout } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import type { Dataplane } from './dataplane.ts'
import type { Pool } from './session/pool.ts'

export interface Draining {
  app: FastifyInstance
  dataplane: Dataplane
  pool: Pool
  config: Pick<Config, 'drainSeconds' | 'requestTimeoutMs'>
  log: Logger
}

/**
 * Endpoints and proxies learn of the pod's end some time after the signal: until then new connections are still
 * accepted, and every answer asks its connection to close, so that long-lived clients move before the listener goes.
 */
export const drain = async ({ app, dataplane, pool, config, log }: Draining) => {
  log.info({ seconds: config.drainSeconds }, 'Draining')
  dataplane.drain()
  await setTimeout(config.drainSeconds * 1000)
  // A request at its deadline plus a second: what is open then is a client that does not read.
  const force = setTimeout(config.requestTimeoutMs + 1000, undefined, { ref: false }).then(() => app.server.closeAllConnections())
  await Promise.race([app.close(), force])
  await pool.stop()
  log.info('Stopped')
  process.exit(0)
}
