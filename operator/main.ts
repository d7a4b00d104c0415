// Entry: wiring only. Configuration → runtime → one controller per kind → health, until the process is asked to end.
import { hostname } from 'node:os'
import { KubeConfig } from '@kubernetes/client-node'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { annotation, FIELD_MANAGER } from './api/contract.ts'
import { readConfig } from './config.ts'
import { controllers } from './controllers/all.ts'
import { endRequested, exitOnSurprise } from './runtime/ending.ts'
import { startHealth } from './runtime/health.ts'
import { createLog } from './runtime/log.ts'
import { createMetrics } from './runtime/metrics.ts'
import { Runtime } from './runtime/runtime.ts'

const load = (): KubeConfig => {
  const config = new KubeConfig()
  config.loadFromDefault()
  return config
}

const config = readConfig(process.env)
const log = createLog({ level: config.logLevel })
exitOnSurprise(log)

const registry = new Registry()
collectDefaultMetrics({ register: registry })
const runtime = new Runtime({
  load,
  log,
  metrics: createMetrics(registry),
  fieldManager: FIELD_MANAGER,
  appliedAnnotation: annotation.applied,
  reportingController: 'tidegate.io/operator',
  reportingInstance: hostname(),
})
for (const add of controllers(config)) add(runtime)

const health = await startHealth({
  port: config.healthPort,
  sick: () => runtime.sick(),
  unready: () => runtime.unready(),
  metrics: registry,
})
const ended = endRequested()
await Promise.race([runtime.start(), ended])
log.info({ signal: await ended }, 'stopping')
const inTime = await runtime.stop()
await health.close()
process.exitCode = inTime ? 0 : 1
