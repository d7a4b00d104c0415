// The server's own session, with two ways to go wrong on purpose: 13 rows end the thread, 17 rows hold it for half a second.
import { type MessagePort, parentPort } from 'node:worker_threads'
import type { ToWorker } from '../../images/server/session/messages.ts'

const DEADLY = 13
const SLOW = 17

// Before the session's own listener: a message that holds the thread delays everything behind it, as a large run would.
;(parentPort as MessagePort).on('message', (message: ToWorker) => {
  if (message.kind !== 'run') return
  if (message.batch.rows === DEADLY) process.exit(1)
  if (message.batch.rows === SLOW) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
})
await import('../../images/server/session/session.ts')
