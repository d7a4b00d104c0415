// Records what the operator writes for one service; the bare loop sends just that for every other one, with nothing but names and uids exchanged.
import { dirname } from 'node:path'
import { inferenceServices } from '../../../operator/controllers/resources.ts'
import type { KubeObject } from '../../../operator/runtime/shape.ts'
import { startTidegate } from '../contender.ts'
import { apply, type Ground, openGround, untilMade, untilQuiet } from '../ground.ts'
import { sumOf } from '../measure/metricspage.ts'
import { servicesNamed } from '../objects.ts'
import { type Recorded, startRecordingProxy } from './recordingproxy.ts'

/** What stands in the recorded requests where another service has something else. */
export interface Identity {
  namespace: string
  name: string
  uid: string
  resourceVersion: string
}

export interface Recording {
  of: Identity
  requests: Recorded[]
  /** How many services the operator works on at once. */
  concurrency: number
}

export const identityOf = ({ metadata }: KubeObject): Identity => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  uid: metadata.uid ?? '',
  resourceVersion: metadata.resourceVersion ?? '',
})

export const record = async (): Promise<Recording> => {
  const ground = await openGround()
  const direct = await ground.plane.kubeconfigFor({ user: 'tidegate-operator', groups: ['system:masters'] })
  const proxy = await startRecordingProxy(direct, dirname(direct))
  try {
    return await recordOne(ground, proxy)
  } finally {
    proxy.close()
    await ground.close()
  }
}

/** Who serves a version is written on the version, once for many services. */
const isOfOne = ({ path }: Recorded): boolean => !path.includes('/events') && !path.includes('/modelversions/')

const recordOne = async (ground: Ground, { kubeconfig, recorded }: { kubeconfig: string; recorded: Recorded[] }): Promise<Recording> => {
  const operator = await startTidegate(ground, { kubeconfig })
  try {
    await untilQuiet(ground, operator.user)
    const mark = ground.audit.refresh()
    const from = recorded.length
    const created: KubeObject[] = []
    await apply(ground, servicesNamed('main', 1), service => created.push(service))
    await untilMade(ground, { user: operator.user, services: 1, mark })
    await untilQuiet(ground, operator.user)
    const [service] = created
    if (!service) throw new Error(`no ${inferenceServices.kind} was created to record`)
    const requests = recorded.slice(from).filter(isOfOne)
    const concurrency = sumOf(await operator.metrics(), 'controller_runtime_max_concurrent_reconciles', { controller: 'inferenceservice' })
    return { of: identityOf(service), requests, concurrency }
  } finally {
    await operator.stop()
  }
}
