// Decides what a watch yields: typed events until the server ends it, a typed failure when it breaks or falls silent.
import { ApiError } from './errors.ts'
import { linesOf } from './lines.ts'
import { nameOf, pathOf, queryOf, type Selection } from './paths.ts'
import { failed, parse, type RequestOptions, type Status, unreachable } from './requests.ts'
import type { KubeObject, ResourceRef } from './shape.ts'

export interface WatchOptions extends Selection {
  resourceVersion: string
  timeoutSeconds: number
  silenceMs: number
  signal: AbortSignal
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubeObject
}

export async function* watch(options: RequestOptions, resource: ResourceRef, wanted: WatchOptions): AsyncGenerator<WatchEvent> {
  const { namespace, signal, silenceMs, ...query } = wanted
  const attempt = `WATCH ${nameOf(resource)}`
  const path = pathOf(resource, { namespace }) + queryOf({ watch: true, allowWatchBookmarks: true, ...query })
  try {
    const answer = await options.connection.stream(path, { signal, silenceMs })
    options.onAnswer?.('WATCH', String(answer.status))
    if (answer.status !== 200) throw failed(attempt, answer, parse(await answer.body.text()))
    for await (const line of linesOf(answer.body)) {
      const event = JSON.parse(line) as { type: string; object: KubeObject & Status }
      if (event.type === 'ERROR') throw failed(attempt, { status: event.object.code ?? 500 }, event.object)
      yield { type: event.type as WatchEvent['type'], object: event.object }
    }
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof ApiError) throw error
    throw unreachable(attempt, error)
  }
}
