// The real operator as a process of its own, which tests ask, freeze and kill; nothing in it knows that it is tested.
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { lastLines } from '../../cluster/command.ts'
import { operatorBundle } from './bundle.ts'
import { freePort } from './freeport.ts'

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
}

export interface OperatorProcess {
  pid: number
  /** Health and metrics: http://127.0.0.1:PORT */
  url: string
  /** Resolves when /readyz says ok; rejects when the process ends first, or after `within` seconds (default 60). */
  ready(within?: number): Promise<void>
  /** Also reaches a process that was stopped with SIGSTOP. */
  signal(signal: NodeJS.Signals): void
  /** Resolves with how it ended, once all that it said has been read. */
  ended: Promise<Ended>
  /** How it ended, as soon as that is known. */
  end(): Ended | undefined
  /** Parsed log lines so far. */
  lines: Record<string, unknown>[]
  /** Whatever else it said, such as the stack of an error that nobody caught. */
  noise: string[]
  metrics(): Promise<string>
  /** SIGTERM, then SIGKILL when it has not ended after `within` seconds (default 35); resolves with how it ended. */
  stop(within?: number): Promise<Ended>
}

export interface OperatorOptions {
  kubeconfig: string
  /** Namespaces that are watched; all without them. */
  namespaces?: string[]
  env?: Record<string, string>
  /** Flags of Node, such as `--expose-gc`. */
  flags?: string[]
}

const READY_SECONDS = 60
/** More than the operator gives itself. */
const STOP_SECONDS = 35
const LOOK_MS = 20

/** What the images are called does not matter to anybody here, as long as it is always the same. */
const IMAGES = { TIDEGATE_TRAINER_IMAGE: 'tidegate/trainer:test', TIDEGATE_SERVER_IMAGE: 'tidegate/server:test' }

/** Starts the operator; the answer comes when the process runs, which is before it is ready. */
export const startOperator = async (options: OperatorOptions): Promise<OperatorProcess> => {
  const port = await freePort()
  const child = launch(await operatorBundle(), port, options)
  const pid = child.pid
  if (pid === undefined) throw await new Promise<Error>(resolve => child.once('error', resolve))
  const { lines, noise } = heard(child)
  const end = () => endOf(child)
  const url = `http://127.0.0.1:${port}`
  const ended = endedWith(child)
  const running: OperatorProcess = {
    pid,
    url,
    lines,
    noise,
    ended,
    end,
    ready: (within = READY_SECONDS) => untilReady(running, within),
    signal: signal => void child.kill(signal),
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    stop: (within = STOP_SECONDS) => stop(child, ended, within),
  }
  return running
}

/** Killed by the kernel with whoever started it, so that not even a killed test leaves an operator behind. */
const DIES_WITH_US = ['setpriv', '--pdeathsig', 'KILL', '--'] as const

const launch = (bundle: string, port: number, { kubeconfig, namespaces = [], env, flags = [] }: OperatorOptions): ChildProcess => {
  const [program, ...before] = DIES_WITH_US
  const args = [...before, process.execPath, '--inspect-port=127.0.0.1:0', ...flags, bundle]
  const own = {
    NODE_ENV: 'production',
    KUBECONFIG: kubeconfig,
    TIDEGATE_NAMESPACES: namespaces.join(','),
    TIDEGATE_HEALTH_PORT: String(port),
  }
  return spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...IMAGES, ...own, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

const heard = (child: ChildProcess): Pick<OperatorProcess, 'lines' | 'noise'> => {
  const lines: Record<string, unknown>[] = []
  const noise: string[] = []
  for (const input of [child.stdout, child.stderr]) {
    if (!input) continue
    createInterface({ input }).on('line', line => {
      const parsed = input === child.stdout ? parse(line) : undefined
      if (parsed) lines.push(parsed)
      else noise.push(line)
    })
  }
  return { lines, noise }
}

/** The last line of a process that was killed may be half a line. */
const parse = (line: string): Record<string, unknown> | undefined => {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined
  }
}

const endOf = ({ exitCode, signalCode }: ChildProcess): Ended | undefined =>
  exitCode === null && signalCode === null ? undefined : { code: exitCode, signal: signalCode }

const endedWith = (child: ChildProcess): Promise<Ended> =>
  new Promise(resolve => child.once('close', (code, signal) => resolve({ code, signal })))

const untilReady = async (operator: OperatorProcess, within: number): Promise<void> => {
  const { url, lines, noise } = operator
  let last = 'no answer'
  for (const until = performance.now() + within * 1000; performance.now() < until; await sleep(LOOK_MS)) {
    const ended = operator.end()
    if (ended) throw new Error(`the operator ended before it was ready (${ended.signal ?? `code ${ended.code}`}):\n${told(lines, noise)}`)
    last = await answerOf(`${url}/readyz`)
    if (last === 'ok') return
  }
  throw new Error(`the operator is not ready after ${within} s: ${last}\n${told(lines, noise)}`)
}

const answerOf = (url: string): Promise<string> =>
  fetch(url, { signal: AbortSignal.timeout(1000) }).then(
    async answer => (await answer.text()).trim(),
    () => 'no answer',
  )

const told = (lines: readonly object[], noise: readonly string[]): string =>
  lastLines([...lines.map(line => JSON.stringify(line)), ...noise].join('\n'))

const stop = async (child: ChildProcess, ended: Promise<Ended>, within: number): Promise<Ended> => {
  child.kill('SIGTERM')
  const timer = setTimeout(() => void child.kill('SIGKILL'), within * 1000)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}
