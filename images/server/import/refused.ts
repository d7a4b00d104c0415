// What no other try can mend: the import ends at once, in words for whoever wrote the ModelVersion. Anything else that is thrown is tried again.
import { Refusal } from '../bundle/refusal.ts'

export class Refused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'Refused'
  }
}

/** The volume was slow, or the thread ended: the bundle itself is not to blame. */
const passing = ['LoadFailed', 'WorkersLost']

export const isFinal = (error: unknown): boolean =>
  error instanceof Refused || (error instanceof Refusal && !passing.includes(error.reason))
