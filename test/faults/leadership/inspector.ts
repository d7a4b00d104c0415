// Speaks with the inspector of a Node process, which the process opens at SIGUSR1 as any Node does.
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorProcess } from '../operator/operatorprocess.ts'

const PATIENCE_MS = 10_000
const LISTENING = /^Debugger listening on (ws:\S+)/

/** Runs an expression in it and does not wait for its end. The answer lets go of the process, which waits for that when it exits. */
export const evaluate = async (process: Pick<OperatorProcess, 'noise' | 'signal'>, expression: string): Promise<() => void> => {
  const socket = new WebSocket(await opened(process))
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error('the inspector does not answer')), { once: true })
  })
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }))
  return () => socket.close()
}

const opened = async ({ noise, signal }: Pick<OperatorProcess, 'noise' | 'signal'>): Promise<string> => {
  signal('SIGUSR1')
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(20)) {
    const url = noise.flatMap(line => LISTENING.exec(line)?.[1] ?? []).at(-1)
    if (url) return url
  }
  throw new Error(`the process did not open its inspector within ${PATIENCE_MS / 1000} s of SIGUSR1`)
}
