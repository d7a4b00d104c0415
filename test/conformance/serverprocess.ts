// The real server as its own process: its own port, its own log, and how it ended.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const MAIN = join(import.meta.dirname, '../../images/server/main.ts')
const START_MS = 30_000

export interface ServerOptions {
  bundle: { folder: string; digest?: string }
  env?: Record<string, string>
}

export class ServerProcess {
  readonly #child: ChildProcess
  #log = ''
  port = 0

  constructor({ bundle, env = {} }: ServerOptions) {
    const own = { PORT: '0', HOST: '127.0.0.1', TIDEGATE_BUNDLE: bundle.folder, ...(bundle.digest && { TIDEGATE_DIGEST: bundle.digest }) }
    this.#child = spawn(process.execPath, ['--disable-proto=delete', MAIN], {
      env: { PATH: process.env['PATH'], ...own, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#log += text
      })
    }
  }

  get log() {
    return this.#log
  }

  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  /** Bytes that are resident now. */
  get rss() {
    return Number(readFileSync(`/proc/${this.#child.pid}/status`, 'utf8').match(/VmRSS:\s+(\d+) kB/)?.[1]) * 1024
  }

  get running() {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  async listening() {
    const deadline = performance.now() + START_MS
    while (performance.now() < deadline && this.running) {
      this.port = Number(this.#log.match(/"port":(\d+)/)?.[1] ?? 0)
      if (this.port !== 0) return this
      await sleep(10)
    }
    throw new Error(`the server did not start; it said:\n${this.#log}`)
  }

  /** Ready, or degraded for a reason that will not pass. */
  async settled() {
    const deadline = performance.now() + START_MS
    while (performance.now() < deadline) {
      const health = (await (await fetch(`${this.url}/health`)).json()) as Health
      if (health.reason !== 'Loading') return health
      await sleep(10)
    }
    throw new Error(`the server neither became ready nor said why; its log:\n${this.#log}`)
  }

  get(path: string) {
    return fetch(`${this.url}${path}`)
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}) {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return fetch(`${this.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
  }

  /** The body of the answer, whatever its status. */
  async read<T>(path: string): Promise<T> {
    return (await (await this.get(path)).json()) as T
  }

  async ask<T>(path: string, body: unknown): Promise<T> {
    return (await (await this.post(path, body)).json()) as T
  }

  signal(name: NodeJS.Signals) {
    this.#child.kill(name)
  }

  async ended(): Promise<number | string | null> {
    if (this.running) await new Promise(resolve => this.#child.once('exit', resolve))
    return this.#child.exitCode ?? this.#child.signalCode
  }

  async stop() {
    if (this.running) this.signal('SIGKILL')
    await this.ended()
  }
}

export interface Predicted {
  prediction: string
  result: string
  confidence_scores: Record<string, number>
  predictions: Predicted[]
  error: string
  field?: string
}

export interface TensorJson {
  name: string
  shape: number[]
  datatype: string
  data: unknown[]
}

export interface Inference {
  model_name: string
  inputs: TensorJson[]
  outputs: TensorJson[]
}

export interface Health {
  status: string
  reason?: string
  message?: string
  digest?: string
  model_name?: string
  model_version?: string
}

/** Started and settled: ready when the bundle is good. */
export const startServer = async (options: ServerOptions) => {
  const server = await new ServerProcess(options).listening()
  return { server, health: await server.settled() }
}
