// What trainer pods say about their progress: each is asked now and then, and in between its last answer stands.
import { Progress } from '../api/bundle.ts'
import { port } from '../api/contract.ts'
import type { Pod } from '../plan/observed.ts'
import { createAnswers } from './answers.ts'
import { ask } from './ask.ts'

export interface ProgressBook {
  /** What the pod said last; undefined while it has said nothing of use. */
  of: (job: string, pod: Pod) => Progress | undefined
  /** A job that is gone, or has no pod, is forgotten. */
  forget: (job: string) => void
}

export interface ProgressOptions {
  /** Told the job whose trainer has moved on. */
  onNews: (job: string) => void
  portNumber?: number
  askEveryMs?: number
}

export const createProgressBook = ({ onNews, portNumber = port.progress, askEveryMs = 2500 }: ProgressOptions): ProgressBook => {
  /** The last answer of use, by job: a trainer that is busy for a while has not lost what it did. */
  const last = new Map<string, { pod: string; progress: Progress }>()
  const question = (pod: Pod) => ask({ address: pod.status?.podIP ?? '', port: portNumber, path: '/progress', schema: Progress })
  const answers = createAnswers({ question, onNews, againAfterMs: askEveryMs })
  const of = (job: string, pod: Pod): Progress | undefined => {
    const uid = pod.metadata.uid ?? ''
    answers.keep(job, [pod])
    const told = pod.status?.podIP ? answers.of({ key: job, pod, about: pod.status.podIP }) : undefined
    if (told && 'value' in told) last.set(job, { pod: uid, progress: told.value })
    const known = last.get(job)
    return known?.pod === uid ? known.progress : undefined
  }
  const forget = (job: string): void => {
    answers.forget(job)
    last.delete(job)
  }
  return { of, forget }
}
