// The server's own session, with ways to go wrong on purpose: 13 rows end the thread, 17 and 19 rows hold it for a while.
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { ToWorker } from '../../images/server/session/messages.ts'

const DEADLY = 13
/** Milliseconds by rows. */
const HOLD: Readonly<Record<number, number>> = { 17: 250, 19: 1000 }

// Before the session's own listener: a message that holds the thread delays everything behind it, as a large run would.
;(parentPort as MessagePort).on('message', (message: ToWorker) => {
  if (message.kind !== 'run') return
  if (message.batch.rows === DEADLY) process.exit(1)
  const hold = HOLD[message.batch.rows]
  if (hold) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, hold)
})
await import('../../images/server/session/session.ts')
