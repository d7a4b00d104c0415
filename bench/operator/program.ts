// A program that is measured beside the operator: its output is kept for the day it fails, and it does not outlive us.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { lastLines } from '../../test/cluster/command.ts'

export interface Program {
  pid: number
  /** Rejects when it has ended by itself. */
  failed: Promise<never>
  stop(): Promise<void>
}

const GRACE_MS = 10_000
const KEPT = 20_000

export const startProgram = (argv: readonly string[], env: NodeJS.ProcessEnv): Program => {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-KEPT)
    })
  }
  const ended = once(child, 'close')
  let stopping = false
  const failed = ended.then(() => {
    if (stopping) return new Promise<never>(() => {})
    throw new Error(`${argv[0]} ended; the end of what it said:\n${lastLines(said)}`)
  })
  // Whoever waits hears of it; nobody may be waiting.
  failed.catch(() => {})
  return {
    pid: child.pid ?? 0,
    failed,
    async stop() {
      stopping = true
      child.kill('SIGTERM')
      const timer = setTimeout(() => void child.kill('SIGKILL'), GRACE_MS)
      await ended
      clearTimeout(timer)
    },
  }
}
