// Decides how news becomes an Event that `kubectl describe` shows; a pass never waits for it and never fails because of it.
import { createHash } from 'node:crypto'
import type { Client } from './client.ts'
import type { Clock } from './clock.ts'
import { causeOf, isNotFound } from './errors.ts'
import { createEventBook } from './eventbook.ts'
import { refKey, refOf } from './keys.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { microTime } from './microtime.ts'
import type { Happening, KubeObject, ResourceRef } from './shape.ts'

export interface Reporter {
  /** Who says it, such as `tidegate.io/operator`. */
  reportingController: string
  /** Which one of them: the name of the pod. */
  reportingInstance: string
}

export interface RecorderOptions extends Reporter {
  client: Client
  clock: Clock
  log: Log
  metrics: Metrics
}

export interface Recorder {
  record(object: KubeObject, happening: Happening): void
  /** Waits for what is being written, for the end of a process. */
  flush(): Promise<void>
}

export const eventsResource: ResourceRef = { apiVersion: 'events.k8s.io/v1', kind: 'Event', plural: 'events', namespaced: true }

const longestNote = 1024
const longestName = 200

/** A cluster-scoped object has no namespace of its own for its Events. */
const namespaceOf = (object: KubeObject): string => object.metadata.namespace ?? 'default'

export const createRecorder = (options: RecorderOptions): Recorder => {
  const { client, clock, log, metrics } = options
  const book = createEventBook(clock)
  const writing = new Set<Promise<void>>()

  const write = async (object: KubeObject, happening: Happening): Promise<void> => {
    const { uid } = object.metadata
    const about = refKey(refOf(object))
    const news = [uid, happening.type, happening.reason, happening.message].join(' ')
    const event = eventOf(object, happening, options)
    const entry = book.enter({ about, news, name: event.metadata.name })
    if (entry.act === 'drop') metrics.event('dropped')
    if (entry.act === 'drop' || entry.act === 'count') return
    try {
      if (entry.act === 'tell') await client.create(eventsResource, event)
      else {
        const series = { count: entry.count, lastObservedTime: microTime(clock.now()) }
        await client.merge(eventsResource, { namespace: namespaceOf(object), name: entry.name }, { series })
      }
      metrics.event('written')
    } catch (error) {
      if (isNotFound(error)) book.erase(news)
      metrics.event('failed')
      log.debug({ object: about, reason: happening.reason, cause: causeOf(error) }, 'event not written')
    }
  }

  return {
    record(object, happening) {
      const task = write(object, happening).finally(() => writing.delete(task))
      writing.add(task)
    },
    async flush() {
      await Promise.allSettled(writing)
    },
  }
}

const eventOf = (object: KubeObject, happening: Happening, reporter: Reporter & { clock: Clock }): KubeObject => {
  const { namespace, name, uid, resourceVersion } = object.metadata
  const { type, reason, message } = happening
  const now = reporter.clock.now()
  const unique = createHash('sha256').update([uid, type, reason, message, now.getTime()].join(' ')).digest('hex').slice(0, 16)
  return {
    apiVersion: eventsResource.apiVersion,
    kind: eventsResource.kind,
    metadata: { name: `${name.slice(0, longestName)}.${unique}`, namespace: namespaceOf(object) },
    type,
    reason,
    note: message.slice(0, longestNote),
    action: reason,
    eventTime: microTime(now),
    regarding: { apiVersion: object.apiVersion, kind: object.kind, name, namespace, uid, resourceVersion },
    reportingController: reporter.reportingController,
    reportingInstance: reporter.reportingInstance,
  }
}
