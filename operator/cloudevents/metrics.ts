// Decides what is counted of the events: what became of each attempt, and how far the sink is behind.
import { Counter, Gauge, type Registry } from 'prom-client'

const results = ['delivered', 'failed', 'refused', 'passed_over'] as const

/** How far the sink is behind now. */
export interface Backlog {
  moves: number
  oldestSeconds: number
}

export interface EventMetrics {
  count(result: (typeof results)[number], moves?: number): void
}

/** `backlog` is asked when somebody looks. */
export const createEventMetrics = (registry: Registry, backlog: () => Backlog): EventMetrics => {
  const registers = [registry]
  const total = new Counter({
    name: 'tidegate_cloudevents_total',
    help: 'Events by what became of the attempt: failed ones are tried again, passed_over ones are given up.',
    labelNames: ['result'],
    registers,
  })
  for (const result of results) total.inc({ result }, 0)
  new Gauge({
    name: 'tidegate_cloudevents_pending',
    help: 'Moves that the sink has not taken yet.',
    registers,
    collect() {
      this.set(backlog().moves)
    },
  })
  new Gauge({
    name: 'tidegate_cloudevents_oldest_pending_seconds',
    help: 'Age of the oldest move that the sink has not taken yet; 0 when there is none.',
    registers,
    collect() {
      this.set(backlog().oldestSeconds)
    },
  })
  return { count: (result, moves = 1) => total.inc({ result }, moves) }
}
