// What the server counts, under the names that dashboards and rollout analysis read.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

export interface Identity {
  inferenceservice: string
  model: string
  model_version: string
}

export interface Outcome {
  status: number
  /** Of the catalogue of problems; absent when the answer is 2xx. */
  reason: string | undefined
  seconds: number
}

/** Every pod answers for its own version until requests are routed between versions. */
const ROLE = 'stable'
const who = ['inferenceservice', 'model', 'model_version', 'role'] as const

const instruments = (registers: Registry[]) => ({
  predictions: new Counter({ name: 'prediction_count_total', help: 'Rows predicted.', labelNames: [...who, 'code'], registers }),
  latency: new Histogram({
    name: 'prediction_latency_seconds',
    help: 'Seconds from the last byte of headers to the answer, per request.',
    labelNames: [...who, 'code'],
    buckets: SECONDS,
    registers,
  }),
  errors: new Counter({
    name: 'error_count_total',
    help: 'Prediction requests that were refused or failed.',
    labelNames: [...who, 'code', 'reason'],
    registers,
  }),
  inFlight: new Gauge({ name: 'prediction_requests_in_flight', help: 'Prediction requests being answered.', labelNames: who, registers }),
  queue: new Gauge({ name: 'prediction_queue_depth', help: 'Runs that wait for a worker thread.', labelNames: who, registers }),
  ready: new Gauge({ name: 'model_ready', help: '1 when predictions are answered, else 0.', labelNames: who, registers }),
  loadSeconds: new Gauge({ name: 'model_load_seconds', help: 'Seconds from start to ready.', labelNames: who, registers }),
  info: new Gauge({ name: 'model_info', help: 'Which bundle is loaded.', labelNames: [...who, 'digest', 'algorithm'], registers }),
})

export interface Observed {
  identity: () => Identity
  queueDepth: () => number
  ready: () => boolean
}

export const createMetrics = (observed: Observed) => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const all = instruments([registry])
  const labels = () => ({ ...observed.identity(), role: ROLE })
  let inFlight = 0
  return {
    contentType: registry.contentType,
    text: () => {
      all.inFlight.set(labels(), inFlight)
      all.queue.set(labels(), observed.queueDepth())
      all.ready.set(labels(), observed.ready() ? 1 : 0)
      return registry.metrics()
    },
    begin: () => {
      inFlight += 1
    },
    end: ({ status, reason, seconds }: Outcome) => {
      inFlight -= 1
      const code = String(status)
      all.latency.observe({ ...labels(), code }, seconds)
      if (status >= 400) all.errors.inc({ ...labels(), code, reason: reason ?? 'InternalError' })
    },
    predicted: (rows: number) => all.predictions.inc({ ...labels(), code: '200' }, rows),
    loaded: ({ digest, algorithm, seconds }: { digest: string; algorithm: string; seconds: number }) => {
      all.info.set({ ...labels(), digest, algorithm }, 1)
      all.loadSeconds.set(labels(), seconds)
    },
  }
}

export type Metrics = ReturnType<typeof createMetrics>
