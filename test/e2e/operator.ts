// What happens to the operator: it is restarted, killed, taken away and brought back.

import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execute } from '../install/kubectl.ts'
import { until } from './until.ts'
import type { World } from './world.ts'

interface OperatorPod {
  metadata: { name: string; uid: string; deletionTimestamp?: string }
  status?: { containerStatuses?: { ready?: boolean; containerID?: string; state?: { running?: object } }[] }
}

const podsOf = async ({ operator }: World): Promise<OperatorPod[]> =>
  (await operator.json<{ items: OperatorPod[] }>('get', 'pods', '--selector', 'app.kubernetes.io/component=operator')).items

/** Replaces the operator's pod in an orderly way and waits until the new one works. */
export const restartOperator = async (world: World): Promise<void> => {
  await world.operator('rollout', 'restart', 'deployment/tidegate')
  await world.operator('rollout', 'status', 'deployment/tidegate', '--timeout=60s')
  await untilOneLeads(world)
}

/**
 * SIGKILL, without a word before; then a new pod at once, instead of the kubelet's growing pauses.
 * Its lease is taken away, too: whoever killed the process knows what a successor would wait a quarter of a minute to be sure of.
 */
export const killOperator = async (world: World): Promise<void> => {
  const pods = await podsOf(world)
  for (const pod of pods) {
    const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('containerd://', '')
    if (id && pod.status?.containerStatuses?.[0]?.state?.running) await sigkill(world, id)
    await world.operator('delete', 'pod', pod.metadata.name, '--force', '--grace-period=0', '--wait=false')
  }
  await world.operator('delete', 'lease', 'tidegate', '--ignore-not-found')
}

// The cluster's containerd listens beside its audit log.
const sigkill = async ({ cluster }: World, container: string): Promise<void> => {
  const socket = join(dirname(cluster.auditLog ?? ''), 'containerd.sock')
  const { code, said } = await execute([
    'ctr',
    '--address',
    socket,
    '--namespace',
    'k8s.io',
    '--timeout',
    '10s',
    'task',
    'kill',
    '--signal',
    'SIGKILL',
    container,
  ])
  // One that is being removed at this moment may leave the question unanswered; its pod is deleted by force in any case.
  if (code !== 0 && !/not found|deadline exceeded/.test(said))
    throw new Error(`the operator's container could not be killed: ${said.trim()}`)
}

export const untilOperatorReady = (world: World) =>
  until(
    () => podsOf(world),
    pods => pods.length > 0 && pods.every(pod => !pod.metadata.deletionTimestamp && pod.status?.containerStatuses?.[0]?.ready),
    { within: 60, what: 'the operator is ready' },
  )

/**
 * Waits until an operator that runs holds the lease; answers its pod. One that was uninstalled has lost the right to give its lease
 * back, and whoever comes after it waits for it to run out.
 */
export const untilOneLeads = async (world: World, except = ''): Promise<string> => {
  const leader = async () => {
    const holder = await world.operator('get', 'lease', 'tidegate', '-o', 'jsonpath={.spec.holderIdentity}')
    const running = (await podsOf(world)).filter(pod => !pod.metadata.deletionTimestamp).map(pod => pod.metadata.name)
    return running.find(name => name !== except && holder.startsWith(`${name}_`)) ?? ''
  }
  return await until(leader, name => name !== '', { within: 30, what: 'an operator that runs holds the lease', pause: 50 })
}

/** Long enough for an operator that has something to write to have written it. */
export const settle = (seconds = 5) => sleep(seconds * 1000)
