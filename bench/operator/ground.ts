// Fresh ground for one measurement: a control plane of its own, the definitions, and everything that services need around them.
import { setTimeout as sleep } from 'node:timers/promises'
import { kinds } from '../../operator/api/kinds.ts'
import { crd } from '../../operator/api/resource.ts'
import { inferenceServices, models } from '../../operator/controllers/resources.ts'
import { type Client, createClient } from '../../operator/runtime/client.ts'
import { systemClock } from '../../operator/runtime/clock.ts'
import { Connection } from '../../operator/runtime/connection.ts'
import type { KubeObject } from '../../operator/runtime/shape.ts'
import { type ControlPlane, startControlPlane } from '../../test/cluster/controlplane.ts'
import { namespaces } from '../../test/cluster/namespaces.ts'
import { loadFrom } from './kubeconfig.ts'
import { type AuditTail, followAudit, type Write } from './measure/audittail.ts'
import { inParallel } from './measure/inparallel.ts'
import { CHILDREN_PER_SERVICE, childResources, definitions, spaces, surroundings } from './objects.ts'

export interface Ground {
  plane: ControlPlane
  /** Of the users of the cluster, never of whoever is measured. */
  client: Client
  audit: AuditTail
  close(): Promise<void>
}

const USERS = 16

export const openGround = async (): Promise<Ground> => {
  const plane = await startControlPlane()
  const connection = new Connection({ load: loadFrom(plane.kubeconfig), clock: systemClock, callConnections: USERS })
  const client = createClient({ connection, clock: systemClock, fieldManager: 'somebody' })
  const audit = followAudit(plane.auditLog)
  const close = async () => {
    audit.close()
    await connection.close()
    await plane.stop()
  }
  try {
    await define(client)
    await inParallel(spaces, USERS, namespace => settle(client, namespace))
    return { plane, client, audit, close }
  } catch (error) {
    await close()
    throw error
  }
}

const define = async (client: Client): Promise<void> => {
  for (const kind of kinds) await client.create(definitions, crd(kind))
  // A kind can be listed a moment before it can be written.
  for (let served = false; !served; await sleep(200)) {
    served = await client.list(inferenceServices).then(
      () => true,
      () => false,
    )
  }
  await sleep(1000)
}

const settle = async (client: Client, namespace: string): Promise<void> => {
  await client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  for (const { kind, object } of surroundings(namespace)) await client.create(kind, object)
}

/** Says who holds Production, in place of an operator that does not. */
export const appoint = async ({ client }: Ground): Promise<void> => {
  for (const model of (await client.list(models)).items)
    await client.putStatus(models, { ...model, status: { holders: { Production: 1 } } })
}

/** As many users as there are connections create the services. */
export const apply = ({ client }: Ground, services: readonly KubeObject[], created: (service: KubeObject) => void = () => {}) =>
  inParallel(services, USERS, async service => created(await client.create(inferenceServices, service)))

/** Changes a field that flows into one child, the autoscaler. */
export const change = async ({ client }: Ground, service: KubeObject, max: number): Promise<void> => {
  const { namespace, name } = service.metadata
  await client.merge(inferenceServices, { namespace, name }, { spec: { autoscaling: { max } } })
}

/** Writes of one user other than events, from a place in the log on. */
export const writesOf = ({ audit }: Ground, user: string, mark = 0): Write[] =>
  audit.writes.slice(mark).filter(write => write.user === user && write.resource !== 'events' && write.resource !== 'leases')

const LOOK_MS = 50
const QUIET_MS = 1500

export const isMade = ({ verb, code, resource }: Write): boolean => verb === 'create' && code === 201 && childResources.has(resource)

/** Waits until a user has made every child of so many services. */
export const untilMade = async (ground: Ground, by: { user: string; services: number; mark: number }, within = 240): Promise<void> => {
  const wanted = by.services * CHILDREN_PER_SERVICE
  const made = () => writesOf(ground, by.user, by.mark).filter(isMade).length
  for (const until = Date.now() + within * 1000; ; await sleep(LOOK_MS)) {
    ground.audit.refresh()
    if (made() >= wanted) return
    if (Date.now() > until) throw new Error(`${by.user} made ${made()} of ${wanted} children in ${within} s`)
  }
}

/** Waits until a user has written nothing for a while. */
export const untilQuiet = async (ground: Ground, user: string, quietMs = QUIET_MS): Promise<void> => {
  const count = () => {
    ground.audit.refresh()
    return writesOf(ground, user).length
  }
  for (let last = count(), since = Date.now(); Date.now() - since < quietMs; await sleep(LOOK_MS)) {
    const now = count()
    if (now !== last) since = Date.now()
    last = now
  }
}
