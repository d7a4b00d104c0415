// Decides why a pod that ran was taken from its node, and what a person can do so that it stays.
import type { Pod } from '../observed.ts'
import { brief } from './brief.ts'
import type { Cause, CauseOptions } from './finding.ts'

const takenFromNode = /^(Evicted|Preempting|NodeShutdown|Shutdown|Terminated|NodeLost)/

export const taken = ({ spec, status }: Pod, { resources }: CauseOptions): Cause | undefined => {
  const { reason = '', message, conditions = [] } = status ?? {}
  const disruption = conditions.find(c => c.type === 'DisruptionTarget' && c.status === 'True')
  if (!takenFromNode.test(reason) && !disruption) return undefined
  const why = (brief(message) || brief(disruption?.message) || disruption?.reason || reason).replace(/\.$/, '')
  const where = spec?.nodeName ? `node ${spec.nodeName}` : 'its node'
  return { reason: 'Evicted', message: `the pod was taken from ${where}: ${why}; ${nextStep(why, disruption?.reason, resources)}` }
}

/** Raising requests helps against a full node only. */
const nextStep = (why: string, disruption: string | undefined, resources: string): string => {
  if (/ephemeral local storage usage exceeds/i.test(why)) return `raise ${resources}.limits.ephemeral-storage`
  if (disruption === 'EvictionByEvictionAPI') return 'somebody asked for it, as kubectl drain does; another pod follows'
  if (disruption === 'PreemptionByScheduler')
    return `a pod of a higher priority needed the room: add a node, or lower the requests of ${resources}`
  if (disruption === 'DeletionByTaintManager') return 'the node was tainted; another pod follows on a node that may be used'
  return `raise the requests of ${resources}, or free the node`
}
