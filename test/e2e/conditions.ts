// Reads what an object says about itself.
import type { Condition } from '../../operator/api/conditions.ts'
import type { Kubectl } from '../install/kubectl.ts'
import { until } from './until.ts'

interface Conditioned {
  metadata: { generation?: number }
  status?: { observedGeneration?: number; conditions?: Condition[] }
}

export const conditionOf = (object: Conditioned, type = 'Ready'): Condition | undefined =>
  object.status?.conditions?.find(condition => condition.type === type)

/** Looked at in its present form, and Ready. */
export const isReady = (object: Conditioned): boolean =>
  object.status?.observedGeneration === object.metadata.generation && conditionOf(object)?.status === 'True'

/** Comes back with the object once it is Ready in its present form. */
export const untilReady = <Kind extends Conditioned>(kubectl: Kubectl, reference: string, within = 60): Promise<Kind> =>
  until(() => kubectl.json<Kind>('get', reference), isReady, { within, what: `${reference} is Ready` })
