// What is said about a broken pod, and in whose words.
import type { Reason } from '../../api/conditions.ts'

export interface Cause {
  reason: Reason
  message: string
}

/** How the person's own fields are called, so that the next step names them. */
export interface CauseOptions {
  /** Such as `compute.image`. */
  image: string
  /** Such as `compute.resources`. */
  resources: string
}
