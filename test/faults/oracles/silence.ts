// Decides whether the operator came to rest: for so many seconds it sent nothing that would change anything, granted or not.
import { setTimeout as sleep } from 'node:timers/promises'
import { type AuditLog, told } from '../../cluster/auditlog.ts'

/** Everything that was written so far, one line each, in the order of writing. */
export type Written = () => Promise<readonly string[]> | readonly string[]

const LOOK_MS = 100
const TOLD = 20

/** By what the API server noted down about one namespace, or about all. */
export const audited = (log: AuditLog, { mark = 0, namespace }: { mark?: number; namespace?: string } = {}): Written => {
  const writes = log.operatorWritesFrom(mark, namespace)
  return () => writes().map(write => told([write]))
}

interface Passed {
  /** Set for requests that change something, other than Events. */
  mutation?: number
  verb: string
  resource: string
  subresource?: string
  namespace?: string
  name?: string
}

/** By what a proxy saw pass; it also sees what never reached the API server. */
export const passed =
  (requests: readonly Passed[], namespace?: string): Written =>
  () =>
    requests
      .filter(request => request.mutation !== undefined && (namespace === undefined || request.namespace === namespace))
      .map(request => [request.mutation, request.verb, request.resource, request.subresource, request.name].filter(Boolean).join(' '))

/** What is written in the seconds that follow; nothing when the operator rests. */
export const writesDuring = async (written: Written, seconds: number): Promise<readonly string[]> => {
  const before = (await written()).length
  await sleep(seconds * 1000)
  return (await written()).slice(before)
}

/** Waits until nothing was written for so many seconds; that must come to be `within` seconds. */
export const untilSilent = async (written: Written, { seconds, within }: { seconds: number; within: number }): Promise<void> => {
  const end = performance.now() + within * 1000
  let count = -1
  let since = performance.now()
  for (;;) {
    const now = await written()
    if (now.length !== count) [count, since] = [now.length, performance.now()]
    if (performance.now() - since >= seconds * 1000) return
    if (performance.now() > end)
      throw new Error(
        `no ${seconds} s without a write within ${within} s; the last of ${now.length} writes:\n${now.slice(-TOLD).join('\n')}`,
      )
    await sleep(LOOK_MS)
  }
}
