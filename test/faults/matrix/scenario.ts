// What a user does, from a state that stands to one that is reached; the matrix breaks every write in between.
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import type { Invariant } from '../oracles/invariants/moment.ts'
import type { Stage } from './stage.ts'

export interface Scenario {
  /** Lower-case words with dashes: it begins the name of a namespace. */
  name: string
  /** What stands before; nothing goes wrong there. Resolves when it is reached. */
  given?: (stage: Stage) => Promise<void>
  act: (stage: Stage) => Promise<void>
  /** Whether the end is reached, as a user would see it. */
  done: (stage: Stage) => Promise<boolean>
  /** What the user breaks on purpose. */
  except?: Invariant[]
}

interface Condition {
  type: string
  status: string
  reason: string
  observedGeneration?: number
}

export interface Wanted {
  type?: string
  status?: string
  reason?: string
}

/** Whether a condition says so of the object's present generation. */
export const says = (object: KubeObject | undefined, { type = 'Ready', status = 'True', reason }: Wanted = {}): boolean => {
  const { conditions = [] } = (object?.['status'] ?? {}) as { conditions?: Condition[] }
  const found = conditions.find(each => each.type === type)
  if (!object || !found || found.observedGeneration !== object.metadata.generation) return false
  return found.status === status && (reason === undefined || found.reason === reason)
}

/** Waits until `look` says yes; `within` seconds. */
export const reached = async (look: () => Promise<boolean>, within: number, what: string): Promise<void> => {
  for (const end = performance.now() + within * 1000; !(await look()); await new Promise(resolve => setTimeout(resolve, 100))) {
    if (performance.now() > end) throw new Error(`${what}: not reached within ${within} s`)
  }
}

/** Every scenario is about one model, and all that is written for it has its name. */
export const NAME = 'iris'

export const readyIn = async (stage: Stage, kind: ResourceRef, wanted?: Wanted): Promise<boolean> =>
  says(await stage.get(kind, NAME), wanted)

/** `status.field` of an object. */
export const statusOf = async (stage: Stage, kind: ResourceRef, name: string): Promise<Record<string, unknown>> =>
  ((await stage.get(kind, name))?.['status'] ?? {}) as Record<string, unknown>
