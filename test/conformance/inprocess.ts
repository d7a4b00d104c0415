// The server's own parts, wired as main.ts does but without a socket, so that tests can inject requests.
import { pino } from 'pino'
import { createApp } from '../../images/server/app.ts'
import { configOf } from '../../images/server/config.ts'
import { Dataplane } from '../../images/server/dataplane.ts'
import { createMetrics } from '../../images/server/metrics.ts'
import { Pool } from '../../images/server/session/pool.ts'

export interface InProcessOptions {
  bundle: { folder: string; digest: string }
  env?: Record<string, string>
  queue?: number
  script?: URL
}

export const inProcess = ({ bundle, env = {}, queue = 100, script }: InProcessOptions) => {
  const config = configOf({ TIDEGATE_BUNDLE: bundle.folder, TIDEGATE_DIGEST: bundle.digest, ...env })
  const logged: string[] = []
  const note = (message: string) => logged.push(message)
  const pool = new Pool({ workers: 1, deadlineMs: config.requestTimeoutMs, queue, note, ...(script && { script }) })
  const dataplane = new Dataplane({ config, pool, note: error => logged.push(String(error)) })
  const metrics = createMetrics({
    identity: () => {
      const { model_name = '', model_version = '' } = dataplane.health()
      return { inferenceservice: config.inferenceService, model: model_name, model_version }
    },
    queueDepth: () => pool.depth,
    ready: () => dataplane.ready(),
  })
  const app = createApp({ config, dataplane, metrics, log: pino({ level: 'silent' }) })
  const stop = async () => {
    await app.close()
    await pool.stop()
  }
  return { app, dataplane, pool, logged, stop }
}

export type InProcess = ReturnType<typeof inProcess>
