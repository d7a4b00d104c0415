// What the API server wrote down about who changed what; one line per request, in the order of their ends.
import { closeSync, openSync, readSync, statSync } from 'node:fs'

export interface Write {
  verb: string
  /** Such as `pods`, or `inferenceservices/status`. */
  resource: string
  group: string
  namespace: string
  name: string
  user: string
  code: number
  at: string
}

interface AuditEvent {
  verb: string
  user: { username: string }
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string; apiGroup?: string }
  responseStatus?: { code?: number }
  requestReceivedTimestamp: string
}

const MUTATING = ['create', 'update', 'patch', 'delete', 'deletecollection']

const NOT_COUNTED = ['events', 'leases']

export class AuditLog {
  readonly #path: string
  readonly #operator: string

  /** The operator goes by the name of a user. */
  constructor(path: string, operator: string) {
    this.#path = path
    this.#operator = operator
  }

  /** A place in the log, always at the beginning of a line: what comes after it is later. */
  mark(): number {
    const start = Math.max(0, statSync(this.#path).size - LONGEST_LINE)
    // A line may be on its way this very moment: it is later.
    return start + bytesFrom(this.#path, start).lastIndexOf('\n') + 1
  }

  /** Every request since then that was meant to change something, whether it was granted or not. */
  async writesSince(mark: number, wanted: (write: Write) => boolean = () => true): Promise<Write[]> {
    return linesFrom(this.#path, mark)().flatMap(line => {
      const write = writeOf(line)
      return write && wanted(write) ? [write] : []
    })
  }

  /** The operator's writes other than events and the renewals of its lease, in one namespace or in all. */
  operatorWritesSince(mark: number, namespace?: string): Promise<Write[]> {
    return this.writesSince(mark, write => this.#isOperators(write, namespace))
  }

  /** The same, to be asked again and again: each answer holds all of them so far, and costs only what is new. */
  operatorWritesFrom(mark: number, namespace?: string): () => readonly Write[] {
    const found: Write[] = []
    const readOn = linesFrom(this.#path, mark)
    return () => {
      for (const line of readOn()) {
        const write = writeOf(line)
        if (write && this.#isOperators(write, namespace)) found.push(write)
      }
      return found
    }
  }

  #isOperators({ user, resource, namespace }: Write, wanted: string | undefined): boolean {
    return user === this.#operator && !NOT_COUNTED.includes(resource) && (wanted === undefined || namespace === wanted)
  }
}

/** More than the API server writes down about one request. */
const LONGEST_LINE = 4 * 1024 * 1024

/** Up to the size that the file has now. */
const bytesFrom = (path: string, at: number): Buffer => {
  const fresh = Buffer.alloc(Math.max(0, statSync(path).size - at))
  const file = openSync(path, 'r')
  const size = readSync(file, fresh, { position: at })
  closeSync(file)
  return fresh.subarray(0, size)
}

/** Each call answers the whole lines that came since the last one. */
const linesFrom = (path: string, mark: number): (() => string[]) => {
  let at = mark
  return () => {
    const fresh = bytesFrom(path, at)
    const whole = fresh.lastIndexOf('\n') + 1
    at += whole
    return fresh.toString('utf8', 0, whole).split('\n').filter(Boolean)
  }
}

/** What a line of the log says; undefined for requests that were not meant to change anything. */
export const writeOf = (line: string): Write | undefined => {
  const { verb, user, objectRef = {}, responseStatus, requestReceivedTimestamp } = JSON.parse(line) as AuditEvent
  if (!MUTATING.includes(verb)) return undefined
  const { resource = '', subresource, namespace = '', name = '', apiGroup = '' } = objectRef
  return {
    verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    group: apiGroup,
    namespace,
    name,
    user: user.username,
    code: responseStatus?.code ?? 0,
    at: requestReceivedTimestamp,
  }
}

/** One line per write, for the error of a test. */
export const told = (writes: readonly Write[]): string =>
  writes.map(({ at, verb, resource, name, code }) => `${at} ${verb} ${resource} ${name} ${code}`).join('\n')
