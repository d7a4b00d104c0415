// Decides what we believe about one kind: the newest version of each object seen, never an older one again.
import { controllerOf, keyOf } from './keys.ts'
import type { Key, KubeObject, StoreReader } from './shape.ts'
import { isNewer } from './versions.ts'

export type IndexFunction = (object: KubeObject) => string[]

/** What changed: an addition has no `old`, a deletion no `now`. */
export interface Change {
  old?: KubeObject
  now?: KubeObject
}

export interface StoreOptions {
  /** Called on every object before it is kept. */
  transform?: (object: KubeObject) => KubeObject
  /** An index or a listener threw: one odd object must not stop the others. */
  onError?: (error: unknown, object: KubeObject | undefined) => void
}

const builtIn: Record<string, IndexFunction> = {
  namespace: object => [object.metadata.namespace ?? ''],
  owner: object => {
    const owner = controllerOf(object)
    return owner ? [owner.uid] : []
  },
}

export class Store implements StoreReader {
  readonly #objects = new Map<Key, KubeObject>()
  readonly #indexes = new Map<string, { of: IndexFunction; keys: Map<string, Set<Key>> }>()
  readonly #transform: (object: KubeObject) => KubeObject
  readonly #onError: (error: unknown, object: KubeObject | undefined) => void
  readonly #listeners = new Set<(change: Change) => void>()
  /** Objects we deleted ourselves; late news of them is no news. */
  readonly #removed = new Set<string>()
  #resourceVersion: string | undefined
  /** Of the newest write of ours that we had an answer to. */
  #wrote: string | undefined

  constructor(options: StoreOptions = {}) {
    this.#transform = options.transform ?? (object => object)
    this.#onError = options.onError ?? (() => undefined)
    for (const [name, of] of Object.entries(builtIn)) this.addIndex(name, of)
  }

  /** Declared before the first object comes; a name has one meaning. */
  addIndex(name: string, of: IndexFunction): void {
    const known = this.#indexes.get(name)
    if (known && known.of !== of) throw new Error(`index ${name} is declared twice with different functions`)
    if (known) return
    this.#indexes.set(name, { of, keys: new Map() })
    for (const [key, object] of this.#objects) this.#index(key, object)
  }

  get size(): number {
    return this.#objects.size
  }

  /** Up to where the API server has told us everything. */
  get resourceVersion(): string | undefined {
    return this.#resourceVersion
  }

  get(key: Key): KubeObject | undefined {
    return this.#objects.get(key)
  }

  list(namespace?: string): KubeObject[] {
    return namespace === undefined ? [...this.#objects.values()] : this.by('namespace', namespace)
  }

  by(index: string, value: string): KubeObject[] {
    const found = this.#indexes.get(index)
    if (!found) throw new Error(`no index ${index}: declared are ${[...this.#indexes.keys()].join(', ')}`)
    return [...(found.keys.get(value) ?? [])].flatMap(key => this.#objects.get(key) ?? [])
  }

  /** Tells of every change from now on; the answer ends it. Objects already here are told at once. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    for (const now of this.#objects.values()) this.#notify(listener, { now })
    return () => this.#listeners.delete(listener)
  }

  /** A version that a complete list must have reached: what we saw, and what we wrote. */
  get newest(): string | undefined {
    return this.#wrote !== undefined && isNewer(this.#wrote, this.#resourceVersion) ? this.#wrote : this.#resourceVersion
  }

  /** A complete list. What it lacks is gone, but for what we wrote after it was read. */
  replace(items: KubeObject[], resourceVersion: string): void {
    const listed = new Set(items.map(keyOf))
    const uids = new Set(items.map(item => item.metadata.uid))
    for (const uid of this.#removed) if (!uids.has(uid)) this.#removed.delete(uid)
    for (const item of items) this.#put(item)
    for (const [key, object] of this.#objects) {
      if (!listed.has(key) && !isNewer(object.metadata.resourceVersion, resourceVersion)) this.#drop(key)
    }
    this.#resourceVersion = resourceVersion
  }

  /** News from the watch: added or modified. What is not newer than everything told so far was told before, whatever became of it since. */
  upsert(object: KubeObject): void {
    if (!isNewer(object.metadata.resourceVersion, this.#resourceVersion)) return
    this.advance(object.metadata.resourceVersion)
    this.#put(object)
  }

  /** News from the watch: deleted. An object of the same name that came later stays. */
  delete(object: KubeObject): void {
    if (!isNewer(object.metadata.resourceVersion, this.#resourceVersion)) return
    this.advance(object.metadata.resourceVersion)
    const key = keyOf(object)
    const held = this.#objects.get(key)
    this.#removed.delete(object.metadata.uid ?? '')
    if (!held) return
    const sameObject = held.metadata.uid === object.metadata.uid
    if (sameObject || !isNewer(held.metadata.resourceVersion, object.metadata.resourceVersion)) this.#drop(key)
  }

  /** A bookmark: nothing changed up to here. */
  advance(resourceVersion: string | undefined): void {
    if (resourceVersion && isNewer(resourceVersion, this.#resourceVersion)) this.#resourceVersion = resourceVersion
  }

  /**
   * What the API server answered to our own write, so that the next pass sees it before the watch tells.
   * If the watch is already past it, the watch knows better: it may have seen the object deleted since.
   */
  learn(object: KubeObject): void {
    const { resourceVersion } = object.metadata
    if (isNewer(resourceVersion, this.#wrote)) this.#wrote = resourceVersion
    if (isNewer(resourceVersion, this.#resourceVersion)) this.#put(object)
  }

  /** We deleted this object and it is gone; the watch will say so, too. */
  unlearn(object: KubeObject): void {
    const { uid } = object.metadata
    const key = keyOf(object)
    if (!uid || this.#objects.get(key)?.metadata.uid !== uid) return
    this.#removed.add(uid)
    this.#drop(key)
  }

  #put(fresh: KubeObject): void {
    const object = this.#transform(fresh)
    const key = keyOf(object)
    if (this.#removed.has(object.metadata.uid ?? '')) return
    const held = this.#objects.get(key)
    if (held && !isNewer(object.metadata.resourceVersion, held.metadata.resourceVersion)) return
    // Another uid is another object: what was true of the old one must not leak into the new one.
    if (held && held.metadata.uid !== object.metadata.uid) this.#drop(key)
    const old = this.#objects.get(key)
    if (old) this.#unindex(key, old)
    this.#objects.set(key, object)
    this.#index(key, object)
    this.#tell(old ? { old, now: object } : { now: object })
  }

  #drop(key: Key): void {
    const old = this.#objects.get(key)
    if (!old) return
    this.#unindex(key, old)
    this.#objects.delete(key)
    this.#tell({ old })
  }

  #index(key: Key, object: KubeObject): void {
    for (const { of, keys } of this.#indexes.values()) {
      for (const value of this.#valuesOf(of, object)) {
        const set = keys.get(value) ?? new Set()
        keys.set(value, set.add(key))
      }
    }
  }

  #unindex(key: Key, object: KubeObject): void {
    for (const { of, keys } of this.#indexes.values()) {
      for (const value of this.#valuesOf(of, object)) {
        const set = keys.get(value)
        set?.delete(key)
        if (set?.size === 0) keys.delete(value)
      }
    }
  }

  #valuesOf(of: IndexFunction, object: KubeObject): string[] {
    try {
      return of(object)
    } catch (error) {
      this.#onError(error, object)
      return []
    }
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) this.#notify(listener, change)
  }

  #notify(listener: (change: Change) => void, change: Change): void {
    try {
      listener(change)
    } catch (error) {
      this.#onError(error, change.now ?? change.old)
    }
  }
}
