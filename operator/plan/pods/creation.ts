// Decides why pods are not even created: a controller of Kubernetes says it in events only.
import type { CreationFailure } from '../observed.ts'
import { refusalReason } from '../shape.ts'
import { brief } from './brief.ts'
import type { Cause } from './finding.ts'

/** The newest refusal that is not older than `since`: what happened before the newest pod was created has been overcome. */
export const creationCause = (events: readonly CreationFailure[], since?: string): Cause | undefined => {
  const newest = events
    .filter(event => event.message && timeOf(event) >= Date.parse(since ?? '1970-01-01T00:00:00Z'))
    .sort((a, b) => timeOf(b) - timeOf(a))[0]
  if (!newest) return undefined
  const { reason, message } = refusedPods(newest.message)
  return { reason, message: `pods are refused: ${message}` }
}

/** What a controller of Kubernetes heard when it asked for a pod, and the next step. The pod's name is another at each try. */
export const refusedPods = (heard: string | undefined): Cause => {
  const said = brief(heard)
    .replace(/^Error creating: /, '')
    .replace(/^pods? "[^"]*" is (forbidden|invalid): /i, '')
  const reason = refusalReason(said)
  return { reason, message: `${said}; ${nextStep[reason]}` }
}

const nextStep = {
  QuotaExceeded: 'raise the quota of the namespace, or ask for less',
  PodSecurityRefused: 'ask who runs the cluster which policy the namespace enforces',
  CreationRefused: 'the message names what to change',
}

const timeOf = (event: CreationFailure): number => {
  const series = event['series'] as { lastObservedTime?: string } | undefined
  const written = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
  const time = Date.parse(written ?? '')
  return Number.isNaN(time) ? 0 : time
}
