// What the server knows and can do, without a word of HTTP: live, ready, health, metadata, infer.
import { setTimeout } from 'node:timers/promises'
import type { ServerHealth } from '../../operator/api/bundle.ts'
import { Refusal, type RefusalReason } from './bundle/refusal.ts'
import { type Batch, type Signature, signatureOf } from './codec/batch.ts'
import type { Config } from './config.ts'
import { limits } from './limits.ts'
import { Problem } from './problems.ts'
import type { Answer, Loaded } from './session/messages.ts'
import type { Pool } from './session/pool.ts'

export interface Served {
  name: string
  version: string
  loaded: Loaded
  signature: Signature
}

interface Obstacle {
  reason: RefusalReason
  message: string
}
type State = { served: Served } | Obstacle

/** What may heal by itself: a volume that came late, a read that failed. Everything else is a property of the bundle. */
const transient: readonly RefusalReason[] = ['BundleMissing', 'LoadFailed']

const asRefusal = (error: unknown) =>
  error instanceof Refusal ? error : new Refusal('LoadFailed', 'The bundle could not be loaded; the log of the server says more.')

/** A bundle without a registered version is known by the beginning of its digest. */
const versionOf = (config: Pick<Config, 'version'>, digest: string) =>
  config.version ?? digest.slice('sha256:'.length, 'sha256:'.length + 12)

export interface DataplaneOptions {
  config: Pick<Config, 'bundle' | 'digest' | 'model' | 'version' | 'inferenceService'>
  pool: Pool
  /** Told why a load failed. */
  note: (error: unknown) => void
}

const unknownModel = (name: string, here: string) =>
  new Problem('NotFound', `There is no model ${name.slice(0, 64)} here; this server answers for ${here}.`)

export class Dataplane {
  readonly #options: DataplaneOptions
  #state: State = { reason: 'Loading', message: 'The model is being loaded.' }
  #draining = false

  constructor(options: DataplaneOptions) {
    this.#options = options
  }

  /** Never throws: what went wrong stands in health(), and is tried again if it may heal. */
  async load(): Promise<Served | undefined> {
    const { config, pool, note } = this.#options
    try {
      const loaded = await pool.load({ folder: config.bundle, digest: config.digest })
      const name = config.model ?? loaded.manifest.model
      const served = { name, version: versionOf(config, loaded.digest), loaded, signature: signatureOf(loaded.manifest) }
      this.#state = { served }
      return served
    } catch (error) {
      const { reason, message } = asRefusal(error)
      this.#state = { reason, message }
      note(error)
      if (!transient.includes(reason) || this.#draining) return undefined
      await setTimeout(limits.load.retryMs, undefined, { ref: false })
      return this.load()
    }
  }

  ready() {
    return this.#obstacle() === undefined
  }

  /** Readiness goes at once; answers go on until the listener closes. */
  drain() {
    this.#draining = true
  }

  get draining() {
    return this.#draining
  }

  /** The model that is loaded, or a Problem that says why none is. */
  served(): Served {
    if ('served' in this.#state) return this.#state.served
    throw new Problem('ModelNotReady', `The model is not served (${this.#state.reason}): ${this.#state.message}`)
  }

  model(name: string, version?: string): Served {
    const here = this.#options.config.model
    if (here !== undefined && name !== here) throw unknownModel(name, here)
    const served = this.served()
    if (name !== served.name) throw unknownModel(name, served.name)
    if (version === undefined || version === served.version) return served
    throw new Problem('NotFound', `${name} has no version ${version.slice(0, 64)} here; this server answers for version ${served.version}.`)
  }

  health(): ServerHealth {
    const { config } = this.#options
    const served = 'served' in this.#state ? this.#state.served : undefined
    const name = served?.name ?? config.model
    const version = served?.version ?? config.version
    const obstacle = this.#obstacle()
    return {
      status: obstacle ? 'degraded' : 'healthy',
      ...(name !== undefined && { model_name: name }),
      ...(version !== undefined && { model_version: version }),
      ...(served && { digest: served.loaded.digest }),
      ...(config.inferenceService !== '' && { inferenceservice: config.inferenceService }),
      ...obstacle,
    }
  }

  infer(batch: Batch): Promise<Answer> {
    return this.#options.pool.run(batch)
  }

  #obstacle(): Obstacle | undefined {
    if (this.#draining) return { reason: 'Draining', message: 'The server is being stopped, and still answers what it is asked.' }
    if (!('served' in this.#state)) return this.#state
    if (this.#options.pool.alive) return undefined
    return { reason: 'WorkersLost', message: 'Every worker thread ended; they are being replaced.' }
  }
}
