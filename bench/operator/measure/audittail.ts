// Reads who changed what, and when, from the API server's own audit log while it grows: the clock of every figure here.
import { closeSync, openSync, readSync } from 'node:fs'

export interface Write {
  user: string
  verb: string
  /** Such as `pods`, or `inferenceservices/status`. */
  resource: string
  namespace: string
  name: string
  code: number
  /** Milliseconds since 1970, with three more digits: the request came, the answer left. */
  receivedAt: number
  endedAt: number
}

export interface AuditTail {
  /** Everything read so far, in the order of the answers. */
  readonly writes: readonly Write[]
  /** Reads what came since; answers how many writes there are now. */
  refresh(): number
  close(): void
}

const BLOCK = 1 << 20

export const followAudit = (path: string): AuditTail => {
  const file = openSync(path, 'r')
  const block = Buffer.alloc(BLOCK)
  const writes: Write[] = []
  let rest: Buffer = Buffer.alloc(0)

  const take = (bytes: Buffer): void => {
    const text = Buffer.concat([rest, bytes])
    const end = text.lastIndexOf(10) + 1
    rest = Buffer.from(text.subarray(end))
    for (const line of text.toString('utf8', 0, end).split('\n')) if (line !== '') writes.push(writeOf(line))
  }

  return {
    writes,
    refresh() {
      for (let size = readSync(file, block); size > 0; size = readSync(file, block)) take(block.subarray(0, size))
      return writes.length
    },
    close: () => closeSync(file),
  }
}

interface AuditEvent {
  verb: string
  user: { username: string }
  objectRef?: { resource?: string; subresource?: string; namespace?: string; name?: string }
  responseStatus?: { code?: number }
  requestReceivedTimestamp: string
  stageTimestamp: string
}

export const writeOf = (line: string): Write => {
  const event = JSON.parse(line) as AuditEvent
  const { resource = '', subresource, namespace = '', name = '' } = event.objectRef ?? {}
  return {
    user: event.user.username,
    verb: event.verb,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
    code: event.responseStatus?.code ?? 0,
    receivedAt: millisecondsOf(event.requestReceivedTimestamp),
    endedAt: millisecondsOf(event.stageTimestamp),
  }
}

/** A Date forgets the microseconds. */
export const millisecondsOf = (written: string): number => Date.parse(written) + Number(/\.\d{3}(\d{1,3})/.exec(written)?.[1] ?? 0) / 1000
