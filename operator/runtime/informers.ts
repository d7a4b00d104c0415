// Decides which kinds are followed: each kind once, however many controllers look at it.
import type { Client } from './client.ts'
import type { Clock } from './clock.ts'
import { causeOf } from './errors.ts'
import { refKey, refOf } from './keys.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Selection } from './paths.ts'
import { Reflector } from './reflector.ts'
import type { ResourceRef } from './shape.ts'
import { type IndexFunction, Store } from './store.ts'
import { strip } from './strip.ts'

export interface Need {
  resource: ResourceRef
  selection?: Selection
  indexes?: Record<string, IndexFunction>
  /** Kinds that are kept as planned show who else writes them. */
  keepManagedFields?: boolean
}

export interface Informer {
  resource: ResourceRef
  store: Store
  reflector: Reflector
}

export interface InformersOptions {
  client: Client
  clock: Clock
  log: Log
  metrics: Metrics
  silenceMs?: number
}

interface Entry extends Informer {
  keepManagedFields: boolean
}

export class Informers {
  readonly #options: InformersOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: InformersOptions) {
    this.#options = options
  }

  /** Declared before `start`; the same kind and selection gives the same store. */
  declare(need: Need): Informer {
    const name = nameOf(need)
    const entry = this.#entries.get(name) ?? this.#create(need, name)
    this.#entries.set(name, entry)
    entry.keepManagedFields ||= need.keepManagedFields ?? false
    for (const [index, of] of Object.entries(need.indexes ?? {})) entry.store.addIndex(index, of)
    return entry
  }

  start(): void {
    for (const { reflector } of this.#entries.values()) reflector.start()
  }

  async synced(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ reflector }) => reflector.synced()))
  }

  /** Kinds whose first list has not come yet. */
  unsynced(): string[] {
    return [...this.#entries].flatMap(([name, { reflector }]) => (reflector.hasSynced ? [] : [name]))
  }

  /** Kinds the API server has given no sign of for longer than so many seconds. */
  silent(seconds: number): string[] {
    return [...this.#entries].flatMap(([name, { reflector }]) => (reflector.silentSeconds > seconds ? [name] : []))
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#entries.values()].map(({ reflector }) => reflector.stop()))
  }

  #create(need: Need, name: string): Entry {
    const { client, clock, log, metrics, silenceMs } = this.#options
    const store = new Store({
      transform: object => strip(object, entry),
      onError: (error, object) => log.error({ key: object && refKey(refOf(object)), cause: causeOf(error) }, 'object not understood'),
    })
    const { resource, selection = {} } = need
    const watcher = metrics.reflector(name)
    const reflector = new Reflector({ client, clock, log, resource, selection, store, watcher, ...(silenceMs && { silenceMs }) })
    metrics.watchReflector(name, reflector)
    const entry: Entry = { resource, store, reflector, keepManagedFields: false }
    return entry
  }
}

/** `deployments.apps`, and what is selected of them. */
const nameOf = ({ resource, selection = {} }: Need): string => {
  const group = resource.apiVersion.includes('/') ? `.${resource.apiVersion.split('/')[0]}` : ''
  const { namespace, labelSelector, fieldSelector } = selection
  return [resource.plural + group, namespace, labelSelector, fieldSelector].filter(Boolean).join(' ')
}
