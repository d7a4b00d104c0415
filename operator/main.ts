// Entry: wiring only. Configuration → runtime → one controller per kind → health, until the process is asked to end.
import { hostname } from 'node:os'
import { KubeConfig } from '@kubernetes/client-node'
import { collectDefaultMetrics, Registry } from 'prom-client'
import { annotation, FIELD_MANAGER } from './api/contract.ts'
import { EventBook } from './cloudevents/book.ts'
import { readConfig } from './config.ts'
import { controllers } from './controllers/all.ts'
import { endAtOnce, endRequested, exitOnSurprise } from './runtime/ending.ts'
import { startHealth } from './runtime/health.ts'
import { Leadership } from './runtime/leadership.ts'
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
const metrics = createMetrics(registry)
const { lease, identity } = config
const onChange = (leads: boolean) => metrics.leader(`${lease?.namespace}/${lease?.name}`, leads)
const leadership = lease && new Leadership({ load, log, lease, identity, onChange, fieldManager: FIELD_MANAGER })
const runtime = new Runtime({
  load,
  log,
  metrics,
  fieldManager: FIELD_MANAGER,
  appliedAnnotation: annotation.applied,
  reportingController: 'tidegate.io/operator',
  reportingInstance: hostname(),
  ...(leadership && { fence: () => leadership.fence() }),
})
const { cloudEvents } = config
const events = cloudEvents && new EventBook({ cloudEvents, log, registry })
for (const add of controllers(config, log, events)) add(runtime)

const isStandby = () => leadership !== undefined && !leadership.leads
const health = await startHealth({
  port: config.healthPort,
  sick: () => (isStandby() ? [] : runtime.sick()),
  unready: () => (isStandby() ? (leadership?.unready() ?? []) : runtime.unready()),
  metrics: registry,
})
const ended = endRequested()
void leadership?.lost.then(why => endAtOnce(log, { why }, 'no longer the leader'))
await Promise.race([work(), ended])
log.info({ signal: await ended }, 'stopping')
await events?.stop()
const inTime = await runtime.stop()
await leadership?.stop({ giveBack: inTime })
await health.close()
process.exitCode = inTime ? 0 : 1

/** A standby keeps no cache: what the leader decides on was read after it became the leader. */
async function work(): Promise<void> {
  if (!leadership || (await leadership.acquire())) await runtime.start()
}
