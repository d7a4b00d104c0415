// What a command gets and gives: the cluster and the words of the person; an object for programs and a text for people.
import type { Flags } from '../arguments.ts'
import type { Cluster } from '../cluster.ts'

export interface Request {
  cluster: Cluster
  names: readonly string[]
  flags: Flags
  /** Says how things go while a command waits; it is no part of the answer. */
  tell: (line: string) => void
}

export interface Result {
  /** Printed with -o json and -o yaml. */
  object: unknown
  text: string
  /** Not 0 when the answer is no; then the text is a complaint. */
  exitCode?: number
}

export type Verb = (request: Request) => Promise<Result>
