// Follows objects as the API server streams them and remembers when each was seen how, so that a test can ask afterwards.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ClusterInfo } from '../cluster/provider.ts'

export interface Sighted {
  kind: string
  metadata: { name: string; namespace: string; creationTimestamp: string }
  [field: string]: unknown
}

export interface Sighting<Kind extends Sighted = Sighted> {
  /** Milliseconds since 1970, by the clock of the test. */
  at: number
  object: Kind
}

/** Owns one stream for each kind, from `start` to `stop`. */
export class Lookout {
  readonly #cluster: ClusterInfo
  readonly #namespaces: readonly string[]
  readonly #streams: ChildProcess[] = []
  readonly #sightings: Sighting[] = []
  readonly #said: string[] = []

  constructor(cluster: ClusterInfo, namespaces: readonly string[]) {
    this.#cluster = cluster
    this.#namespaces = namespaces
  }

  /** Such as `/api/v1/pods`: every namespace is streamed, and those of the test are kept. */
  start(...paths: string[]): void {
    for (const path of paths) {
      const args = ['--kubeconfig', this.#cluster.kubeconfig, 'get', '--raw', `${path}?watch=1`]
      const stream = spawn(this.#cluster.kubectl, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      this.#streams.push(stream)
      createInterface({ input: stream.stdout }).on('line', line => this.#note(line))
      stream.stderr.on('data', chunk => this.#said.push(`${path}: ${chunk}`))
    }
  }

  stop(): void {
    for (const stream of this.#streams) stream.kill()
  }

  /** When something was first seen, and how it looked. */
  first<Kind extends Sighted>(kind: string, holds: (object: Kind) => boolean): Sighting<Kind> | undefined {
    if (this.#said.length > 0) throw new Error(`a stream broke: ${this.#said.join('; ')}`)
    return this.#of<Kind>(kind).find(({ object }) => holds(object))
  }

  /** How one object looked over time. */
  story<Kind extends Sighted>(kind: string, namespace: string, name: string): Sighting<Kind>[] {
    return this.#of<Kind>(kind).filter(({ object: { metadata } }) => metadata.namespace === namespace && metadata.name === name)
  }

  #of<Kind extends Sighted>(kind: string): Sighting<Kind>[] {
    return this.#sightings.filter(({ object }) => object.kind === kind) as Sighting<Kind>[]
  }

  #note(line: string): void {
    const { object } = JSON.parse(line) as { object: Sighted }
    if (this.#namespaces.includes(object.metadata.namespace)) this.#sightings.push({ at: Date.now(), object })
  }
}
