// What a gate needs and cannot use: why, and what to do about it. Such a gate is an Error, never a Pass.
import { Refusal, type RefusalReason } from '../bundle/refusal.ts'

export class Unusable extends Error {
  /** Where the bundle was refused: the word of the server for it. */
  readonly reason: RefusalReason | undefined

  constructor(message: string, reason?: RefusalReason) {
    super(message)
    this.name = 'Unusable'
    this.reason = reason
  }
}

/** What is said about a bundle by code that does not know whose it is gets the name of the version. */
export const asUnusable = (version: number, error: unknown): unknown =>
  error instanceof Refusal ? new Unusable(`the bundle of v${version} is refused (${error.reason}): ${error.message}`, error.reason) : error

/** The same for a file of the bundle. */
export const about = <V>(what: string, work: () => V): V => {
  try {
    return work()
  } catch (error) {
    throw error instanceof Unusable ? new Unusable(`${what}: ${error.message}`, error.reason) : error
  }
}
