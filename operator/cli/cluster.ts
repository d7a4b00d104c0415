// Opens the cluster that a command is about; whoever opens it closes it.
import { type Client, createClient } from '../runtime/client.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { Connection } from '../runtime/connection.ts'
import { isRefused } from '../runtime/errors.ts'
import type { ResourceRef } from '../runtime/shape.ts'
import type { Flags } from './arguments.ts'
import { Failure } from './failure.ts'
import { namespaceOf, readKubeconfig } from './kubeconfig.ts'
import { suggestion } from './nearest.ts'

export interface Cluster {
  client: Client
  /** For requests that are no object of the API. */
  connection: Connection
  namespace: string
  clock: Clock
}

const NAME = 'kubectl-tidegate'

export const openCluster = (flags: Flags, environment: Record<string, string | undefined>): Cluster => {
  const load = () => readKubeconfig(flags, environment)
  const namespace = namespaceOf(load(), flags)
  const connection = new Connection({ load, clock: systemClock, userAgent: NAME, callConnections: 8 })
  return { client: createClient({ connection, clock: systemClock, fieldManager: NAME }), connection, namespace, clock: systemClock }
}

/** An object that must exist; otherwise the names that come close. */
export const find = async <Kind>({ client, namespace }: Cluster, resource: ResourceRef, name: string): Promise<Kind> => {
  const object = await client.get(resource, { namespace, name })
  if (object) return object as Kind
  throw new Failure(`no ${resource.kind} named ${name} in namespace ${namespace}${await others(client, resource, { namespace, name })}`)
}

/** Who may not list is told nothing more; a kind that the cluster does not know is another failure. */
const others = async (client: Client, resource: ResourceRef, { namespace, name }: { namespace: string; name: string }): Promise<string> => {
  try {
    const { items } = await client.list(resource, { namespace })
    return suggestion(
      name,
      items.map(({ metadata }) => metadata.name),
    )
  } catch (error) {
    if (isRefused(error)) return ''
    throw error
  }
}

export const listed = async <Kind>({ client, namespace }: Cluster, resource: ResourceRef, fieldSelector?: string): Promise<Kind[]> => {
  const { items } = await client.list(resource, { namespace, ...(fieldSelector && { fieldSelector }) })
  return items as unknown as Kind[]
}
