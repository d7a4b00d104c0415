// Decides in which order things begin and end: caches before passes, passes before caches, the connection last.
import type { KubeConfig } from '@kubernetes/client-node'
import { type Client, createClient } from './client.ts'
import { type Clock, pause, systemClock } from './clock.ts'
import { Connection } from './connection.ts'
import { Controller } from './controller.ts'
import type { WriterNames } from './effects.ts'
import { Informers } from './informers.ts'
import type { Log } from './log.ts'
import type { Metrics } from './metrics.ts'
import { createRecorder, type Recorder, type Reporter } from './recorder.ts'
import type { Key } from './shape.ts'
import type { ControllerSpec } from './spec.ts'

export interface RuntimeOptions extends WriterNames, Reporter {
  /** Reads the configuration for the API server; called again when credentials were refused. */
  load: () => KubeConfig
  log: Log
  metrics: Metrics
  clock?: Clock
  /** A watch silent for so long is opened anew. */
  silenceMs?: number
  /** A kind the API server gave no sign of for so long makes the process sick. */
  sickAfterSeconds?: number
  /** How long passes in flight may take to finish. */
  stopWithinMs?: number
  /** Asked before every request that changes something: how many milliseconds it may take. Throws when none may begin. */
  fence?: () => number
}

type Startable = Pick<Controller<unknown, object>, 'start' | 'stop' | 'enqueue'>

/** Everything that runs in one operator process. */
export class Runtime {
  readonly #options: RuntimeOptions
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #client: Client
  readonly #informers: Informers
  readonly #recorder: Recorder
  readonly #controllers = new Map<string, Startable>()
  #state: 'starting' | 'running' | 'stopping' = 'starting'

  constructor(options: RuntimeOptions) {
    const { log, metrics, load, fieldManager } = options
    this.#options = options
    this.#clock = options.clock ?? systemClock
    const clock = this.#clock
    this.#connection = new Connection({ load, clock, userAgent: fieldManager })
    this.#client = createClient({
      connection: this.#connection,
      clock,
      fieldManager,
      onAnswer: (method, code) => metrics.request(method, code),
      ...(options.fence && { fence: options.fence }),
    })
    this.#informers = new Informers({
      client: this.#client,
      clock,
      log,
      metrics,
      ...(options.silenceMs && { silenceMs: options.silenceMs }),
    })
    this.#recorder = createRecorder({ ...options, client: this.#client, clock })
  }

  get client(): Client {
    return this.#client
  }

  /** Declares a controller; before `start`. */
  add<World, Status extends object>(spec: ControllerSpec<World, Status>): void {
    if (this.#controllers.has(spec.name)) throw new Error(`two controllers are called ${spec.name}`)
    const { log, metrics, fieldManager, appliedAnnotation } = this.#options
    const names = { fieldManager, appliedAnnotation }
    const parts = { client: this.#client, clock: this.#clock, recorder: this.#recorder, log, metrics, names }
    this.#controllers.set(spec.name, new Controller(spec, this.#informers, parts))
  }

  /** Resolves when every cache is complete and the first passes have begun. */
  async start(): Promise<void> {
    if (this.#state !== 'starting') return
    this.#informers.start()
    await this.#informers.synced()
    if (this.#state !== 'starting') return
    this.#state = 'running'
    for (const controller of this.#controllers.values()) controller.start()
    this.#options.log.info({ controllers: [...this.#controllers.keys()] }, 'running')
  }

  /** Looks at a key now, as if something had happened to it. */
  enqueue(controller: string, key: Key): void {
    this.#controllers.get(controller)?.enqueue(key)
  }

  unready(): string[] {
    if (this.#state === 'stopping') return ['stopping']
    return this.#informers.unsynced().map(kind => `${kind}: the first list has not come yet`)
  }

  sick(): string[] {
    const seconds = this.#options.sickAfterSeconds ?? 600
    return this.#informers.silent(seconds).map(kind => `${kind}: no sign of the API server for more than ${seconds} s`)
  }

  /** Passes in flight are finished, Events written, watches ended, connections closed. Answers whether all passes ended in time. */
  async stop(): Promise<boolean> {
    this.#state = 'stopping'
    const ended = this.#endPasses()
    const abandon = new AbortController()
    const tooLate = pause(this.#clock, this.#options.stopWithinMs ?? 30_000, abandon.signal).then(() => false)
    const inTime = await Promise.race([ended, tooLate])
    abandon.abort()
    await this.#informers.stop()
    await this.#connection.close()
    this.#options.log.info({ inTime }, 'stopped')
    return inTime
  }

  async #endPasses(): Promise<true> {
    await Promise.all([...this.#controllers.values()].map(controller => controller.stop()))
    await this.#recorder.flush()
    return true
  }
}
