// One worker thread of the pool: what it was asked, what it still owes, and what becomes of that when it dies.
import { Worker } from 'node:worker_threads'
import { Refusal } from '../bundle/refusal.ts'
import type { Batch } from '../codec/batch.ts'
import { Problem } from '../problems.ts'
import type { Answer, FromWorker, Loaded, ToWorker } from './messages.ts'

/** The runtime would report each process, session and model to its maker; read once, before the first thread opens it. */
process.env['ORT_DISABLE_TELEMETRY'] = '1'

/** Beside the sources while developing, beside the bundled file in the image. */
export const sessionScript = new URL(import.meta.url.endsWith('.ts') ? './session.ts' : './session.js', import.meta.url)

export interface Ticket {
  batch: Batch
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}

export interface MemberEvents {
  /** Room for another run. */
  free: () => void
  /** The thread ended without being asked to. */
  lost: (cause: string) => void
  failed: (message: string) => void
}

export class Member {
  readonly #worker: Worker
  readonly #owed = new Map<number, Ticket>()
  readonly #events: MemberEvents
  #opening: { resolve: (loaded: Loaded) => void; reject: (error: Error) => void } | undefined
  #next = 0
  #stopping = false
  #cause = 'it exited'

  constructor(script: URL, events: MemberEvents) {
    this.#events = events
    this.#worker = new Worker(script)
    this.#worker.on('message', (message: FromWorker) => this.#receive(message))
    this.#worker.on('error', error => {
      this.#cause = String(error)
    })
    this.#worker.on('exit', () => this.#end())
    this.#worker.unref()
  }

  get owed() {
    return this.#owed.size
  }

  /** Resolves once the golden rows were answered; of a probe, once the model is open. */
  open(message: Extract<ToWorker, { kind: 'load' | 'open' | 'probe' }>): Promise<Loaded> {
    const opening = new Promise<Loaded>((resolve, reject) => {
      this.#opening = { resolve, reject }
    })
    this.#post(message)
    return opening
  }

  run(ticket: Ticket) {
    const id = this.#next++
    this.#owed.set(id, ticket)
    const numeric = Object.values(ticket.batch.blocks).flatMap(({ data }) =>
      data instanceof Float32Array ? [data.buffer as ArrayBuffer] : [],
    )
    this.#post({ kind: 'run', id, batch: ticket.batch }, numeric)
  }

  stop() {
    this.#stopping = true
    return this.#worker.terminate()
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []) {
    this.#worker.postMessage(message, transfer)
  }

  #receive(message: FromWorker) {
    if (message.kind === 'loaded') this.#opening?.resolve(message.loaded)
    else if (message.kind === 'refused') this.#opening?.reject(new Refusal(message.reason, message.message))
    else this.#settle(message)
  }

  #settle(message: Extract<FromWorker, { kind: 'answer' | 'failed' }>) {
    const ticket = this.#owed.get(message.id)
    this.#owed.delete(message.id)
    if (message.kind === 'answer') ticket?.resolve(message.answer)
    else {
      this.#events.failed(message.message)
      ticket?.reject(new Problem('InternalError', 'The model failed on this input. Try again; the log of the server says more.'))
    }
    this.#events.free()
  }

  #end() {
    this.#opening?.reject(new Refusal('LoadFailed', 'The thread that loaded the model ended; the log of the server says more.'))
    for (const ticket of this.#owed.values()) {
      ticket.reject(new Problem('WorkerLost', 'The thread that ran this request ended, and is being replaced. Try again.'))
    }
    this.#owed.clear()
    if (!this.#stopping) this.#events.lost(this.#cause)
  }
}
