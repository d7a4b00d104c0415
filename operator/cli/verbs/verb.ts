// What a command gets and gives: the cluster and the words of the person; an object for programs and a text for people.
import type { Flags } from '../arguments.ts'
import type { Cluster } from '../cluster.ts'

export interface Request {
  cluster: Cluster
  names: readonly string[]
  flags: Flags
}

export interface Result {
  /** Printed with -o json and -o yaml. */
  object: unknown
  text: string
  /** 1 when the cluster answered no; then the text is a complaint. */
  exitCode?: 0 | 1
}

export type Verb = (request: Request) => Promise<Result>
