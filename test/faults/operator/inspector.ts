// Opens the inspector of a Node process, as any Node does at SIGUSR1: the process knows nothing of tests.
import { setTimeout as sleep } from 'node:timers/promises'
import type { OperatorProcess } from './operatorprocess.ts'

export type Inspected = Pick<OperatorProcess, 'noise' | 'signal'>

const PATIENCE_MS = 10_000
const LISTENING = /^Debugger listening on (ws:\S+)/

/** A socket to it; the process waits for its end when it exits. */
export const openInspector = async (process: Inspected): Promise<WebSocket> => {
  const address = await addressOf(process)
  const socket = new WebSocket(address)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true })
    socket.addEventListener('error', () => reject(new Error(`the inspector at ${address} does not answer`)), { once: true })
  })
  return socket
}

const addressOf = async ({ noise, signal }: Inspected): Promise<string> => {
  const told = () => noise.flatMap(line => LISTENING.exec(line)?.[1] ?? []).at(-1)
  if (!told()) signal('SIGUSR1')
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until; await sleep(20)) {
    const address = told()
    if (address) return address
  }
  throw new Error(`the process did not open its inspector within ${PATIENCE_MS / 1000} s of SIGUSR1: is it frozen, or has it ended?`)
}
