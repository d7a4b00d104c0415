// Wires the server: listen at once so that health can be asked, load beside it, and leave without losing a request.
import type { AddressInfo } from 'node:net'
import { createApp } from './app.ts'
import { Refusal } from './bundle/refusal.ts'
import { type Config, configOf } from './config.ts'
import { Dataplane } from './dataplane.ts'
import { drain } from './drain.ts'
import { limits } from './limits.ts'
import { createLog } from './log.ts'
import { createMetrics } from './metrics.ts'
import { defaultWorkers } from './session/cpu.ts'
import { Pool } from './session/pool.ts'

const started = performance.now()

const config = ((): Config => {
  try {
    return configOf(process.env)
  } catch (error) {
    console.error((error as Error).message)
    process.exit(1)
  }
})()

const log = createLog(config)
const workers = config.workers ?? defaultWorkers()
const pool = new Pool({
  workers,
  deadlineMs: config.requestTimeoutMs,
  queue: workers * limits.queuePerWorker,
  note: message => log.error(message),
})
// A refusal says all there is to say; only what nobody expected comes with its stack.
const refused = (error: unknown) => (error instanceof Refusal ? { reason: error.reason, detail: error.message } : { err: error })
const dataplane = new Dataplane({ config, pool, note: error => log.error(refused(error), 'The bundle is not served') })
const metrics = createMetrics({
  identity: () => {
    const { model_name = '', model_version = '' } = dataplane.health()
    return { inferenceservice: config.inferenceService, model: model_name, model_version }
  },
  queueDepth: () => pool.depth,
  ready: () => dataplane.ready(),
})
const app = createApp({ config, dataplane, metrics, log })

process.once('SIGTERM', () => void drain({ app, dataplane, pool, config, log }))
process.once('SIGINT', () => void drain({ app, dataplane, pool, config: { ...config, drainSeconds: 0 }, log }))

// Nothing may grow new members on every object from here on, whatever a body or a library tries.
Object.freeze(Object.prototype)

const loading = dataplane.load()
await app.listen({ host: config.host, port: config.port })
const { port } = app.server.address() as AddressInfo
log.info({ port, workers }, 'Listening')
const served = await loading
if (served) {
  const seconds = (performance.now() - started) / 1000
  metrics.loaded({ digest: served.loaded.digest, algorithm: served.loaded.manifest.algorithm, seconds })
  log.info({ digest: served.loaded.digest, served: `${served.name} ${served.version}`, ms: Math.round(seconds * 1000) }, 'Ready')
}
