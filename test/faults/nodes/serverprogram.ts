// A server without a model: it answers on the pod's address as the real one does, unless its behaviour says otherwise.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ServerHealth } from '../../../operator/api/bundle.ts'
import { port, serverEnv } from '../../../operator/api/contract.ts'
import type { Pod } from '../../../operator/plan/observed.ts'
import { answer, type Exchange, honest } from './exchange.ts'
import { type Listener, listen } from './listener.ts'
import type { End, Program, Start } from './program.ts'
import type { Script } from './script.ts'
import type { ServerBehaviour } from './serverbehaviours.ts'

export interface ServerStart extends Start {
  script: Script
  loadMs: number
}

/** A server in a container, whose behaviour a test may change while it runs. It owns a socket and timers: `close`. */
export class ServerProgram implements Program {
  readonly #start: ServerStart
  readonly #self: Omit<ServerHealth, 'status'>
  readonly #ended = Promise.withResolvers<End>()
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #unsubscribe: () => void
  #behaviour: ServerBehaviour = {}
  #listening: Promise<Listener> | undefined
  #state: 'loading' | 'loaded' | 'draining' = 'loading'
  #flapped = false
  #asked = 0
  #told = false

  constructor(start: ServerStart) {
    this.#start = start
    this.#self = selfOf(start.pod)
    this.#unsubscribe = start.script.subscribe(() => this.#follow())
    this.#follow()
    this.#later(start.loadMs, () => this.#become('loaded'))
  }

  get ended(): Promise<End> {
    return this.#ended.promise
  }

  get ready(): boolean {
    const { ready } = this.#behaviour
    if (this.#state !== 'loaded') return false
    if (typeof ready === 'object') return this.#flapped
    return ready ?? this.#truth().status === 'healthy'
  }

  /** It says that it is leaving, answers on, and ends when its time is over. */
  async stop(graceMs: number): Promise<End> {
    this.#become('draining')
    await new Promise<void>(resolve => this.#later(graceMs, resolve))
    return { exitCode: 0, reason: 'Completed' }
  }

  async close(): Promise<void> {
    this.#unsubscribe()
    this.#forgetTimers()
    const listening = this.#listening
    this.#listening = undefined
    await (await listening)?.close()
  }

  #become(state: 'loaded' | 'draining'): void {
    if (this.#state === 'draining') return
    this.#state = state
    this.#tell()
  }

  /** Begins to behave as the script says now. */
  #follow(): void {
    const next = this.#start.script.serverOf(this.#start.pod)
    if (next === this.#behaviour && this.#listening) return
    this.#behaviour = next
    const { ends, ready, deaf } = next
    if (ends) this.#later(ends.afterMs, () => this.#behaviour === next && this.#ended.resolve(ends.end))
    if (typeof ready === 'object') this.#flap(next, ready.flapMs)
    if (deaf) void this.#hush()
    else this.#listening ??= listen(this.#start.address, port.http, (request, response) => this.#answer(request, response))
    this.#listening?.catch((error: unknown) => this.#ended.resolve({ exitCode: 1, reason: 'Error', message: String(error) }))
    this.#tell()
  }

  async #hush(): Promise<void> {
    const listening = this.#listening
    this.#listening = undefined
    await (await listening)?.close()
  }

  #flap(behaviour: ServerBehaviour, everyMs: number): void {
    this.#later(everyMs, () => {
      if (this.#behaviour !== behaviour) return
      this.#flapped = !this.#flapped
      this.#tell()
      this.#flap(behaviour, everyMs)
    })
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { health, all } = this.#behaviour
    const exchange: Exchange = { request, response, truth: this.#truth(), asked: this.#asked }
    const path = request.url ?? ''
    if (path === '/health') this.#asked += 1
    if (all) all(exchange)
    else if (path === '/health') (health ?? honest)(exchange)
    else if (path === '/readyz' || path === '/healthz') honest(exchange)
    else if (path === '/livez') answer(response, 200, '{"status":"alive"}')
    else if (request.method === 'POST') this.#predict(request, response)
    else answer(response, 404, '{"code":"NotFound"}')
  }

  /** A draining server still answers what it is asked. */
  #predict(request: IncomingMessage, response: ServerResponse): void {
    request.resume()
    const { model_name, model_version, digest } = this.#self
    const serves = this.#state !== 'loading' && !this.#behaviour.refuses
    if (serves) answer(response, 200, JSON.stringify({ prediction: 'setosa', confidence: 1, model_name, model_version, digest }))
    else answer(response, 503, '{"code":"ModelNotReady"}')
  }

  #truth(): ServerHealth {
    const { digest, ...known } = this.#self
    const degraded = (reason: ServerHealth['reason'], message: string): ServerHealth => ({ status: 'degraded', ...known, reason, message })
    const { refuses } = this.#behaviour
    if (this.#state === 'draining')
      return { ...degraded('Draining', 'The server is being stopped, and still answers what it is asked.'), ...(!refuses && { digest }) }
    if (this.#state === 'loading') return degraded('Loading', 'The model is being loaded.')
    return refuses ? degraded(refuses.reason, refuses.message) : { status: 'healthy', ...known, digest }
  }

  #tell(): void {
    if (this.ready === this.#told) return
    this.#told = this.ready
    this.#start.onReady()
  }

  #later(milliseconds: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, milliseconds)
    this.#timers.add(timer)
  }

  #forgetTimers(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}

const selfOf = (pod: Pod): Omit<ServerHealth, 'status'> => {
  const container = pod.spec?.containers?.find(({ name }) => name === 'server') as { env?: { name: string; value?: string }[] } | undefined
  const of = (name: string): string | undefined => container?.env?.find(each => each.name === name)?.value
  return {
    model_name: of(serverEnv.model),
    model_version: of(serverEnv.version),
    digest: of(serverEnv.digest),
    inferenceservice: of(serverEnv.inferenceService),
  }
}
