// What trainer pods say about their progress: each is asked now and then, and in between its last answer stands.
import { Progress } from '../api/bundle.ts'
import { port } from '../api/contract.ts'
import type { Pod } from '../plan/observed.ts'
import { ask } from './ask.ts'

interface Known {
  pod: string
  askedAt: number
  progress: Progress | undefined
}

export interface ProgressBook {
  /** The last answer of the pod; undefined while it has given none. */
  of: (job: string, pod: Pod, now: Date) => Promise<Progress | undefined>
  /** A job that is gone, or has no pod, is forgotten. */
  forget: (job: string) => void
}

const ASK_EVERY_MS = 2500
/** A pass waits for the answer, so that it is short; the next one asks again. */
const PATIENCE_MS = 1000

export const createProgressBook = (portNumber: number = port.progress): ProgressBook => {
  const books = new Map<string, Known>()
  const of = async (job: string, pod: Pod, now: Date): Promise<Progress | undefined> => {
    const uid = pod.metadata.uid ?? ''
    const last = books.get(job)
    const known = last?.pod === uid ? last : undefined
    if (known && now.getTime() - known.askedAt < ASK_EVERY_MS) return known.progress
    const told = await progressOf(pod, portNumber)
    const progress = told ?? known?.progress
    books.set(job, { pod: uid, askedAt: now.getTime(), progress })
    return progress
  }
  return { of, forget: job => void books.delete(job) }
}

const progressOf = async (pod: Pod, portNumber: number): Promise<Progress | undefined> => {
  const address = pod.status?.podIP
  if (!address) return undefined
  const told = await ask({ address, port: portNumber, path: '/progress', schema: Progress, timeoutMs: PATIENCE_MS })
  return 'value' in told ? told.value : undefined
}
