// Decides what a pod waits for that no node takes: room, or a claim.
import type { Pod } from '../observed.ts'
import { brief } from './brief.ts'
import type { Cause, CauseOptions } from './finding.ts'

const claimTroubles = /persistentvolumeclaim|persistent volumes? to bind|didn't find available persistent volumes|storageclass/i

export const unscheduled = (pod: Pod, options: CauseOptions): Cause | undefined => {
  const scheduled = pod.status?.conditions?.find(c => c.type === 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason === 'SchedulingGated') return undefined
  const why = told(scheduled.message) || 'the scheduler gives no reason'
  if (claimTroubles.test(why)) {
    const message = `${why}${unnamedClaims(pod, why)}; create the PersistentVolumeClaim, or a volume or StorageClass that fits it`
    return { reason: 'ClaimUnbound', message }
  }
  return { reason: 'Unschedulable', message: `no node takes the pod: ${why}; lower the requests of ${options.resources}, or add a node` }
}

/** Without what the scheduler says about its own attempts to make room. */
const told = (message = ''): string =>
  brief(
    message
      .replace(/\s*preemption: .*$/s, '')
      .replace(/\s*no new claims to deallocate,?/g, '')
      .replace(/\. not found\s*$/, ''),
  ).replace(/\.$/, '')

/** "Unbound claims" alone leaves a person searching. */
const unnamedClaims = (pod: Pod, why: string): string => {
  const volumes = (pod.spec as { volumes?: { persistentVolumeClaim?: { claimName: string } }[] } | undefined)?.volumes ?? []
  const names = volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
  return names.length === 0 || names.some(name => why.includes(name)) ? '' : ` (the pod mounts ${names.join(', ')})`
}
