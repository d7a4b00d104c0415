// Reads a request's body under bounds: its length, its type, and how much all bodies together may hold.
import type { IncomingMessage } from 'node:http'
import { limits } from './limits.ts'
import { Problem } from './problems.ts'

const FIRST_BYTES = 4096

/** Bytes of bodies that are being read or answered, over all requests. */
export interface Budget {
  held: number
  readonly max: number
}

/** One contiguous buffer that doubles: a million one-byte chunks cost one byte each, not an object each. */
class Collector {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  get capacity() {
    return this.#buffer.length
  }

  add(chunk: Buffer) {
    const needed = this.#length + chunk.length
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
      this.#buffer.copy(larger, 0, 0, this.#length)
      this.#buffer = larger
    }
    chunk.copy(this.#buffer, this.#length)
    this.#length = needed
  }

  bytes() {
    return this.#buffer.subarray(0, this.#length)
  }
}

const tooLarge = (max: number) =>
  new Problem('BodyTooLarge', `The body has more than ${max} bytes, the most that is accepted. Send fewer rows at once.`)

const typeProblem = ({ headers }: IncomingMessage) => {
  const type = headers['content-type'] ?? ''
  const encoding = headers['content-encoding'] ?? 'identity'
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    return new Problem(
      'UnsupportedMediaType',
      `Content-Type must be application/json; got ${type === '' ? 'none' : JSON.stringify(type.slice(0, 80))}.`,
    )
  }
  return encoding.toLowerCase() === 'identity'
    ? undefined
    : new Problem(
        'UnsupportedMediaType',
        `Content-Encoding ${JSON.stringify(encoding.slice(0, 40))} is not accepted: send the body as it is.`,
      )
}

/** Known before the first byte, or undefined. */
const early = (request: IncomingMessage, max: number, budget: Budget) => {
  if (Number(request.headers['content-length'] ?? 0) > max) return tooLarge(max)
  const wrongType = typeProblem(request)
  if (wrongType) return wrongType
  return budget.held > budget.max ? new Problem('QueueFull', 'Too many large bodies are being read. Try again in a second.') : undefined
}

/**
 * Resolves with the bytes. A refused body is read on and dropped, up to a bound: a client that is still sending
 * would otherwise meet a closed socket instead of the answer that says why.
 */
export const readBody = (request: IncomingMessage, max: number, budget: Budget): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const collector = new Collector()
    let problem = early(request, max, budget)
    let received = 0
    let held = 0
    const hold = () => {
      budget.held += collector.capacity - held
      held = collector.capacity
    }
    const release = () => {
      budget.held -= held
      held = 0
    }
    const finish = () => {
      request.removeAllListeners('data')
      if (problem) {
        release()
        return reject(problem)
      }
      request.once('close', release)
      resolve(collector.bytes())
    }
    request.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received > max) problem ??= tooLarge(max)
      if (received > max * limits.http.dropFactor) return finish()
      if (problem) return release()
      collector.add(chunk)
      hold()
    })
    request.once('end', finish)
    request.once('error', error => {
      problem ??= new Problem('InvalidRequest', `The body ended early: ${error.message}.`)
      finish()
    })
  })
