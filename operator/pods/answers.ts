// Decides when pods are asked, so that nobody waits for one that does not answer: what was said last is known at once, news come later.
import type { Pod } from '../plan/observed.ts'
import type { Told } from './ask.ts'

export interface AnswersOptions<Value> {
  /** How long an answer stands before its pod is asked again. */
  againAfterMs: number
  question: (pod: Pod) => Promise<Told<Value>>
  /** An answer came that differs from the one before; told by the key that it was asked for. */
  onNews: (key: string) => void
  /** Questions at a time; further ones wait their turn. */
  atOnce?: number
}

export interface Asked<Value> {
  key: string
  pod: Pod
  /** What the answer is about, such as one run of a container: of another one nothing is known yet. */
  about: string
  /** An answer after which nothing else is to be expected. */
  isFinal?: (told: Told<Value>) => boolean
}

export interface Answers<Value> {
  /** The last answer; undefined while there is none. Asks in the background, each pod one question at a time. */
  of: (asked: Asked<Value>) => Told<Value> | undefined
  /** Everything about pods of this key other than these is forgotten. */
  keep: (key: string, pods: readonly Pod[]) => void
  forget: (key: string) => void
}

interface Known<Value> {
  about: string
  told?: Told<Value>
  /** By the monotonic clock. */
  toldAt: number
  asking: boolean
}

const usualAtOnce = 256

export const createAnswers = <Value>({ question, onNews, againAfterMs, atOnce = usualAtOnce }: AnswersOptions<Value>): Answers<Value> => {
  const books = new Map<string, Map<string, Known<Value>>>()
  const turns = turnsFor(atOnce)

  const ask = async ({ key, pod }: Asked<Value>, known: Known<Value>): Promise<void> => {
    known.asking = true
    const told = await turns(() => question(pod))
    known.asking = false
    const isNews = JSON.stringify(told) !== JSON.stringify(known.told)
    known.told = told
    known.toldAt = performance.now()
    // Forgotten meanwhile, or about another container by now: nobody wants to know any more.
    if (isNews && books.get(key)?.get(uidOf(pod)) === known) onNews(key)
  }

  const isDue = ({ told, toldAt }: Known<Value>, { isFinal }: Asked<Value>): boolean =>
    told === undefined || (performance.now() - toldAt >= againAfterMs && !isFinal?.(told))

  const of = (asked: Asked<Value>): Told<Value> | undefined => {
    const { key, pod, about } = asked
    const book = books.get(key) ?? new Map<string, Known<Value>>()
    books.set(key, book)
    const before = book.get(uidOf(pod))
    const known: Known<Value> = before?.about === about ? before : { about, asking: false, toldAt: 0 }
    book.set(uidOf(pod), known)
    if (!known.asking && isDue(known, asked)) void ask(asked, known)
    return known.told
  }

  const keep = (key: string, pods: readonly Pod[]): void => {
    const here = new Set(pods.map(uidOf))
    const book = books.get(key)
    for (const uid of book?.keys() ?? []) if (!here.has(uid)) book?.delete(uid)
  }
  return { of, keep, forget: key => void books.delete(key) }
}

const uidOf = (pod: Pod): string => pod.metadata.uid ?? ''

type Turns = <Answer>(work: () => Promise<Answer>) => Promise<Answer>

/** First come, first served. */
const turnsFor = (atOnce: number): Turns => {
  const waiting: (() => void)[] = []
  let free = atOnce
  return async work => {
    if (free > 0) free -= 1
    else await new Promise<void>(resolve => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
