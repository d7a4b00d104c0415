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
  /** The server accepted the watch; what follows may be silence for a while. */
  onOpen?: () => void
}

export interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubeObject
}

/** A watch that was open and then said nothing for too long: not a failure of the server, only a reason to ask again. */
export const isSilence = (error: unknown): boolean => error instanceof ApiError && error.reason === 'Silent'

const broken = (attempt: string, opened: boolean, cause: unknown): ApiError => {
  if (cause instanceof ApiError) return cause
  if (cause instanceof SyntaxError || cause instanceof RangeError)
    return new ApiError({ attempt, status: 0, reason: 'Unreadable', message: cause.message, cause })
  const failure = unreachable(attempt, cause)
  if (!opened || failure.reason !== 'Timeout') return failure
  return new ApiError({ attempt, status: 0, reason: 'Silent', message: 'the watch said nothing for too long', cause })
}

export async function* watch(options: RequestOptions, resource: ResourceRef, wanted: WatchOptions): AsyncGenerator<WatchEvent> {
  const { namespace, signal, silenceMs, onOpen, ...query } = wanted
  const attempt = `WATCH ${nameOf(resource)}`
  const path = pathOf(resource, { namespace }) + queryOf({ watch: true, allowWatchBookmarks: true, ...query })
  let opened = false
  try {
    const answer = await options.connection.stream(path, { signal, silenceMs })
    options.onAnswer?.('WATCH', String(answer.status))
    if (answer.status !== 200) throw failed(attempt, answer, parse(await answer.body.text()))
    opened = true
    onOpen?.()
    for await (const line of linesOf(answer.body)) yield eventOf(line, attempt)
  } catch (error) {
    if (signal.aborted) return
    throw broken(attempt, opened, error)
  }
}

const eventOf = (line: string, attempt: string): WatchEvent => {
  const event = JSON.parse(line) as { type: WatchEvent['type'] | 'ERROR'; object?: KubeObject & Status }
  if (!event.object) throw new SyntaxError('a watch event without an object')
  if (event.type === 'ERROR') throw failed(attempt, { status: event.object.code ?? 500 }, event.object)
  return { type: event.type, object: event.object }
}
