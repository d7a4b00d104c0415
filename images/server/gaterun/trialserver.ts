// Runs the real server with a bundle for a while: its own process, a free port of this machine, and an end in any case.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { ServerHealth } from '../../../operator/api/bundle.ts'
import { serverEnv } from '../../../operator/api/contract.ts'
import { validate } from '../../../operator/api/validate.ts'
import { Refusal } from '../bundle/refusal.ts'
import { limits } from '../limits.ts'
import { type Connection, connectTo, jsonOf } from './connection.ts'
import { within } from './deadline.ts'
import { Unusable } from './unusable.ts'

const START_MS = 60_000
/** Longer than the server itself waits for a model, so that its reason is heard. */
const READY_MS = limits.load.timeoutMs + 20_000
/** A request at its deadline and the second that the server adds to it. */
const END_MS = 15_000
const POLL_MS = 25

export interface TrialOptions {
  script: URL
  bundle: { folder: string; digest: string }
  model: string
  version: number
  log: (line: string) => void
}

export interface Trial {
  connection: Connection
  stop: () => Promise<void>
}

/** Of our own environment only what the image sets: the rest is not for this server. */
const INHERITED = ['PATH', 'NODE_ENV', 'NODE_COMPILE_CACHE', 'ORT_DISABLE_TELEMETRY', 'TMPDIR']

const environment = ({ bundle, model, version }: TrialOptions) => ({
  ...Object.fromEntries(INHERITED.map(name => [name, process.env[name]])),
  PORT: '0',
  HOST: '127.0.0.1',
  [serverEnv.bundle]: bundle.folder,
  [serverEnv.digest]: bundle.digest,
  [serverEnv.model]: model,
  [serverEnv.version]: String(version),
  [serverEnv.drainSeconds]: '0',
})

const portIn = (line: string): number | undefined => {
  try {
    const { message, port } = JSON.parse(line) as { message?: unknown; port?: unknown }
    return message === 'Listening' && typeof port === 'number' ? port : undefined
  } catch {
    return undefined
  }
}

const manner = ({ exitCode, signalCode }: ChildProcess) => signalCode ?? `exit code ${exitCode}`

/** Resolves with the port that the server says it listens on. */
const listening = (child: ChildProcess, log: (line: string) => void): Promise<number> =>
  new Promise((resolve, reject) => {
    let last = ''
    const hear = (stream: Readable | null) =>
      stream &&
      createInterface({ input: stream }).on('line', line => {
        log(`server: ${line}`)
        last = line
        const port = portIn(line)
        if (port !== undefined) resolve(port)
      })
    hear(child.stdout)
    hear(child.stderr)
    child.once('error', error => reject(new Unusable(`the server could not be started: ${error.message}`)))
    child.once('close', () => reject(new Unusable(`the server ended before it listened (${manner(child)}): ${last.slice(0, 200)}`)))
  })

const hasEnded = ({ exitCode, signalCode, pid }: ChildProcess) => exitCode !== null || signalCode !== null || pid === undefined

/** Resolves once the bundle is served; what the server says against it is a Refusal. */
const ready = async (child: ChildProcess, connection: Connection): Promise<void> => {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline) {
    if (hasEnded(child)) throw new Unusable(`the server ended while it loaded the bundle (${manner(child)})`)
    const reply = await connection.get('/readyz')
    if (reply.status === 200) return
    const health = validate(ServerHealth, jsonOf(reply))
    const { reason, message = '' } = 'value' in health ? health.value : {}
    if (reason === undefined) throw new Unusable(`the server answered /readyz with ${reply.status} and no reason`)
    if (reason !== 'Loading') throw new Refusal(reason, message)
    await sleep(POLL_MS)
  }
  throw new Unusable(`the server was not ready within ${READY_MS / 1000} s`)
}

/** First asked to end, as Kubernetes does, then made to. */
const ender = (child: ChildProcess) => {
  const ended = new Promise<void>(resolve => {
    if (child.pid === undefined) resolve()
    child.once('close', () => resolve())
  })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  return async () => {
    if (!hasEnded(child)) child.kill('SIGTERM')
    const late = sleep(END_MS, undefined, { ref: false }).then(() => {
      if (!hasEnded(child)) kill()
    })
    await Promise.race([ended, late.then(() => ended)])
    process.removeListener('exit', kill)
  }
}

export const startTrial = async (options: TrialOptions): Promise<Trial> => {
  const child = spawn(process.execPath, ['--disable-proto=delete', fileURLToPath(options.script)], {
    env: environment(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const end = ender(child)
  let connection: Connection | undefined
  const stop = async () => {
    connection?.close()
    await end()
  }
  try {
    connection = connectTo(await within(START_MS, listening(child, options.log), 'the server did not listen'))
    await ready(child, connection)
    return { connection, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
