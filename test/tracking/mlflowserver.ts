// A real MLflow as its image runs it, that tests stop, start again, and ask over REST what it shows.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines } from '../cluster/command.ts'
import { freePort } from '../faults/operator/freeport.ts'
import { ensureEnvironment } from '../run/pythonenvironment.ts'

export interface MlflowServer {
  uri: string
  /** With the database and the artifacts. */
  folder: string
  /** As it is after a crash of its pod: nothing is asked, all its processes are gone. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Hangs, or goes on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** A document of its REST API. */
  get<Answer = unknown>(path: string, query: Record<string, string>): Promise<Answer>
  post<Answer = unknown>(path: string, body: object): Promise<Answer>
  /** Ends it and forgets what it knew. */
  remove(): Promise<void>
}

const READY_SECONDS = 60
const DOCKERFILE = join(import.meta.dirname, '../../images/mlflow/Dockerfile')

/** What the image sets, so that what is tested is what is shipped. */
const imageEnvironment = (): Record<string, string> =>
  Object.fromEntries(
    [...readFileSync(DOCKERFILE, 'utf8').matchAll(/\b((?:MLFLOW_|DO_NOT_)\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]),
  )

/** `allowedHosts`: the names that it may be called by; without them its own default. */
export const startMlflow = async ({ allowedHosts }: { allowedHosts?: string } = {}): Promise<MlflowServer> => {
  const python = await ensureEnvironment(text => console.log(text), 'mlflow')
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-mlflow-'))
  const port = await freePort()
  const uri = `http://127.0.0.1:${port}`
  const env = { ...environment(folder, port), ...(allowedHosts && { MLFLOW_SERVER_ALLOWED_HOSTS: allowedHosts }) }
  let child: ChildProcess | undefined
  const start = async () => {
    child = spawn(python, ['-m', 'mlflow', 'server'], { cwd: folder, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    await untilReady(child, uri)
  }
  const stop = async () => {
    const ended = child?.exitCode === null && child.signalCode === null ? new Promise(resolve => child?.once('exit', resolve)) : undefined
    signalGroup(child, 'SIGKILL')
    await ended
  }
  const remove = async () => {
    await stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  process.once('exit', () => signalGroup(child, 'SIGKILL'))
  await start()
  return { uri, folder, start, stop, remove, signal: signal => signalGroup(child, signal), ...restOf(uri) }
}

const environment = (folder: string, port: number): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: folder,
  ...imageEnvironment(),
  MLFLOW_HOST: '127.0.0.1',
  MLFLOW_PORT: String(port),
  MLFLOW_BACKEND_STORE_URI: `sqlite:///${folder}/mlflow.db`,
  MLFLOW_ARTIFACTS_DESTINATION: `${folder}/mlruns`,
})

const restOf = (uri: string): Pick<MlflowServer, 'get' | 'post'> => {
  const api = `${uri}/api/2.0/mlflow`
  const headers = { 'content-type': 'application/json' }
  return {
    get: async (path, query) => answered(await fetch(`${api}/${path}?${new URLSearchParams(query).toString()}`)),
    post: async (path, body) => answered(await fetch(`${api}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })),
  }
}

const answered = async <Answer>(answer: Response): Promise<Answer> => {
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status} ${text.slice(0, 500)}`)
  return JSON.parse(text) as Answer
}

/** It starts its web server as a process of its own, in the same group. */
const signalGroup = (child: ChildProcess | undefined, signal: NodeJS.Signals): void => {
  if (!child?.pid) return
  try {
    process.kill(-child.pid, signal)
  } catch {
    // It ended by itself.
  }
}

const untilReady = async (child: ChildProcess, uri: string): Promise<void> => {
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => (said = (said + text).slice(-20_000)))
  for (const until = performance.now() + READY_SECONDS * 1000; performance.now() < until; await sleep(100)) {
    if (child.exitCode !== null) throw new Error(`MLflow ended with exit code ${child.exitCode}:\n${lastLines(said)}`)
    const answer = await fetch(`${uri}/health`, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    if (answer?.ok) return
  }
  throw new Error(`MLflow is not ready after ${READY_SECONDS} s:\n${lastLines(said)}`)
}
