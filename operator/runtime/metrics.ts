// Decides what is counted, under the names that controller-runtime and client-go use, so that their dashboards fit.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Queue, QueueWatcher } from './queue.ts'
import type { Reflector, ReflectorWatcher } from './reflector.ts'

export type Result = 'success' | 'error' | 'requeue' | 'requeue_after'

export interface Metrics {
  registry: Registry
  request(method: string, code: string): void
  /** Counters of one controller's passes; all series exist from the start. */
  controller(name: string, concurrency: number): ControllerMetrics
  queue(name: string): QueueWatcher
  /** The queue itself, for the gauges that are read when scraped. */
  watchQueue(name: string, queue: Queue): void
  reflector(kind: string): ReflectorWatcher
  watchReflector(kind: string, reflector: Reflector): void
  /** One write of a controller, by kind and by what became of it. */
  write(controller: string, kind: string, verb: string): void
  event(result: 'written' | 'dropped' | 'failed'): void
  /** Whether this process holds the Lease of that name. */
  leader(lease: string, leads: boolean): void
}

export interface ControllerMetrics {
  began(): void
  ended(result: Result, seconds: number): void
}

const passBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
const queueBuckets = [0.000_1, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]
const results: Result[] = ['success', 'error', 'requeue', 'requeue_after']

export const createMetrics = (registry: Registry): Metrics => {
  const registers = [registry]
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Answers of the API server.',
    labelNames: ['code', 'method'],
    registers,
  })
  const writes = new Counter({
    name: 'runtime_writes_total',
    help: 'Changes sent to the API server.',
    labelNames: ['controller', 'kind', 'verb'],
    registers,
  })
  const events = new Counter({ name: 'runtime_events_total', help: 'Events for people.', labelNames: ['result'], registers })
  const leader = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process holds the lease, 0 while it waits for it.',
    labelNames: ['name'],
    registers,
  })
  return {
    registry,
    leader: (name, leads) => leader.set({ name }, leads ? 1 : 0),
    request: (method, code) => requests.inc({ method, code }),
    write: (controller, kind, verb) => writes.inc({ controller, kind, verb }),
    event: result => events.inc({ result }),
    ...passMetrics(registry),
    ...queueMetrics(registry),
    ...watchMetrics(registry),
  }
}

const passMetrics = (registry: Registry): Pick<Metrics, 'controller'> => {
  const shared = { labelNames: ['controller'] as const, registers: [registry] }
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Passes by result.',
    labelNames: ['controller', 'result'] as const,
    registers: [registry],
  })
  const errors = new Counter({ name: 'controller_runtime_reconcile_errors_total', help: 'Passes that failed.', ...shared })
  const time = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of a pass.',
    buckets: passBuckets,
    ...shared,
  })
  const active = new Gauge({ name: 'controller_runtime_active_workers', help: 'Passes running now.', ...shared })
  const most = new Gauge({ name: 'controller_runtime_max_concurrent_reconciles', help: 'Passes that may run at once.', ...shared })
  return {
    controller(controller, concurrency) {
      for (const result of results) total.inc({ controller, result }, 0)
      errors.inc({ controller }, 0)
      active.set({ controller }, 0)
      most.set({ controller }, concurrency)
      return {
        began: () => active.inc({ controller }),
        ended(result, seconds) {
          active.dec({ controller })
          total.inc({ controller, result })
          if (result === 'error') errors.inc({ controller })
          time.observe({ controller }, seconds)
        },
      }
    },
  }
}

const queueMetrics = (registry: Registry): Pick<Metrics, 'queue' | 'watchQueue'> => {
  const labelNames = ['name', 'controller'] as const
  const shared = { labelNames, registers: [registry] }
  const depth = new Gauge({ name: 'workqueue_depth', help: 'Keys that wait.', ...shared })
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys added.', ...shared })
  const retries = new Counter({ name: 'workqueue_retries_total', help: 'Keys added again after a failure.', ...shared })
  const waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long keys wait.',
    buckets: queueBuckets,
    ...shared,
  })
  const worked = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long keys are worked on.',
    buckets: passBuckets,
    ...shared,
  })
  return {
    watchQueue: runningGauges(registry),
    queue(name) {
      const labels = { name, controller: name }
      depth.set(labels, 0)
      adds.inc(labels, 0)
      retries.inc(labels, 0)
      return {
        added(size) {
          adds.inc(labels)
          depth.set(labels, size)
        },
        taken(size, seconds) {
          depth.set(labels, size)
          waited.observe(labels, seconds)
        },
        finished: seconds => worked.observe(labels, seconds),
        retried: () => retries.inc(labels),
      }
    },
  }
}

const runningGauges = (registry: Registry): Metrics['watchQueue'] => {
  const queues = new Map<string, Queue>()
  const onScrape = (name: string, help: string, of: (running: number[]) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['name', 'controller'] as const,
      registers: [registry],
      collect() {
        for (const [queue, { running }] of queues) this.set({ name: queue, controller: queue }, of(running))
      },
    })
  onScrape('workqueue_unfinished_work_seconds', 'Work in progress, summed.', running => running.reduce((sum, one) => sum + one, 0))
  onScrape('workqueue_longest_running_processor_seconds', 'The longest pass in progress.', running => Math.max(0, ...running))
  return (name, queue) => void queues.set(name, queue)
}

const watchMetrics = (registry: Registry): Pick<Metrics, 'reflector' | 'watchReflector'> => {
  const shared = { labelNames: ['kind'] as const, registers: [registry] }
  const reflectors = new Map<string, Reflector>()
  const lists = new Counter({ name: 'runtime_lists_total', help: 'Complete lists; one per kind at the start, few after.', ...shared })
  const failures = new Counter({ name: 'runtime_watch_failures_total', help: 'Watches and lists that failed.', ...shared })
  const objects = new Gauge({ name: 'runtime_listed_objects', help: 'Objects in the last complete list.', ...shared })
  new Gauge({
    name: 'runtime_watch_silent_seconds',
    help: 'Time since the API server gave any sign for this kind.',
    ...shared,
    collect() {
      for (const [kind, reflector] of reflectors) this.set({ kind }, reflector.silentSeconds)
    },
  })
  return {
    watchReflector: (kind, reflector) => void reflectors.set(kind, reflector),
    reflector(kind) {
      lists.inc({ kind }, 0)
      failures.inc({ kind }, 0)
      return {
        listed(size) {
          lists.inc({ kind })
          objects.set({ kind }, size)
        },
        failed: () => failures.inc({ kind }),
      }
    },
  }
}
