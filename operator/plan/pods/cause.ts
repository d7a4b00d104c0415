// Decides why pods do not run: the worst cause that their status shows, as a reason and a sentence with the next step.
import type { Reason } from '../../api/conditions.ts'
import type { ContainerState, ContainerStatus, Pod } from '../observed.ts'
import { brief } from './brief.ts'
import type { Cause, CauseOptions } from './finding.ts'
import { lastWords } from './lastwords.ts'
import { taken } from './taken.ts'
import { unscheduled } from './unscheduled.ts'

/** What is reported when pods fail for several reasons: first what no waiting cures, last what may pass by itself. */
const worstFirst: Reason[] = [
  'ImagePullFailed',
  'ContainerConfigInvalid',
  'OutOfMemory',
  'Crashed',
  'DeadlineExceeded',
  'ClaimUnbound',
  'Unschedulable',
  'Evicted',
]

/** Pods on their way out say nothing about those that follow, unless they are all there is. */
export const rootCause = (pods: readonly Pod[], options: CauseOptions): Cause | undefined => {
  const staying = pods.filter(pod => !pod.metadata.deletionTimestamp)
  const causes = (staying.length > 0 ? staying : pods).flatMap(pod => causeOf(pod, options) ?? [])
  return causes.sort((a, b) => severity(a) - severity(b) || a.message.localeCompare(b.message, 'en'))[0]
}

const severity = (cause: Cause): number => worstFirst.indexOf(cause.reason)

const causeOf = (pod: Pod, options: CauseOptions): Cause | undefined => {
  if (pod.status?.phase === 'Succeeded') return undefined
  return wholePod(pod, options) ?? ofContainers(pod, options) ?? unscheduled(pod, options)
}

const rejectedByNode = /^(OutOf|NodeAffinity|UnexpectedAdmissionError|Topology)/

const wholePod = (pod: Pod, options: CauseOptions): Cause | undefined => {
  const { reason = '', message = '' } = pod.status ?? {}
  if (reason === 'DeadlineExceeded')
    return { reason, message: `the pod ran longer than allowed: ${brief(message) || 'raise its deadline'}` }
  if (!rejectedByNode.test(reason)) return taken(pod, options)
  const where = pod.spec?.nodeName ? `node ${pod.spec.nodeName}` : 'its node'
  return { reason: 'Unschedulable', message: `${where} refused the pod: ${brief(message) || reason}; lower ${options.resources}` }
}

const ofContainers = (pod: Pod, options: CauseOptions): Cause | undefined => {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  return statuses.map(status => ofContainer(pod, status, options)).find(cause => cause !== undefined)
}

const ofContainer = (pod: Pod, status: ContainerStatus, options: CauseOptions): Cause | undefined =>
  waitingCause(status, imageOf(pod, status), options) ?? terminatedCause(status, limitOf(pod, status.name), options)

const imageTroubles = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]
const configTroubles = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]

const waitingCause = ({ name, state }: ContainerStatus, image: string, options: CauseOptions): Cause | undefined => {
  const { reason = '', message } = state?.waiting ?? {}
  if (imageTroubles.includes(reason)) {
    const why = pullMessage(message) || reason
    return {
      reason: 'ImagePullFailed',
      message: `image ${image} of container ${name} cannot be pulled: ${why}; check ${options.image}, the registry and the pull secrets`,
    }
  }
  if (configTroubles.includes(reason)) {
    return { reason: 'ContainerConfigInvalid', message: `container ${name} cannot be created from ${image}: ${brief(message) || reason}` }
  }
  return undefined
}

/** The kubelet alternates between the error and the back-off; both become one sentence, so that a status does not flap. */
const pullMessage = (message: string | undefined): string =>
  brief(
    (message ?? '')
      .replace(/^Back-off pulling image "[^"]*"(: )?/, '')
      .replace(/^ErrImagePull: /, '')
      .replace(/rpc error: code = \w+ desc = /g, ''),
  )

const terminatedCause = (status: ContainerStatus, limit: string | undefined, options: CauseOptions): Cause | undefined => {
  const end = lastEnd(status)
  if (!end || end.exitCode === 0) return undefined
  const { name } = status
  if (end.reason === 'OOMKilled') {
    const allowed = limit ? `its memory limit of ${limit}` : 'the memory that was left'
    return {
      reason: 'OutOfMemory',
      message: `container ${name} used more than ${allowed} and was killed: raise ${options.resources}.limits.memory`,
    }
  }
  const said = lastWords(end.message)
  if (end.reason === 'StartError' || end.reason === 'ContainerCannotRun') {
    return { reason: 'ContainerConfigInvalid', message: `container ${name} cannot be started: ${said || end.reason}` }
  }
  return {
    reason: 'Crashed',
    message: `container ${name} ended with exit code ${end.exitCode}${said ? `: ${said}` : '; its log says why'}`,
  }
}

/** How the container last ended, as long as it has not recovered: a container that is ready again is no cause. */
const lastEnd = ({ state, lastState, ready }: ContainerStatus): ContainerState['terminated'] =>
  state?.terminated ?? (ready ? undefined : lastState?.terminated)

const imageOf = (pod: Pod, status: ContainerStatus): string =>
  pod.spec?.containers?.find(container => container.name === status.name)?.image ?? status.image ?? 'unknown'

const limitOf = (pod: Pod, container: string): string | undefined => {
  const containers = (pod.spec?.containers ?? []) as { name: string; resources?: { limits?: Record<string, string> } }[]
  return containers.find(({ name }) => name === container)?.resources?.limits?.['memory']
}
