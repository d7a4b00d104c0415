// Two API servers on one etcd, and an operator that is moved between them.

import { pathOf } from '../../../operator/runtime/paths.ts'
import type { ResourceRef } from '../../../operator/runtime/shape.ts'
import type { SecondServer } from '../../cluster/secondserver.ts'
import { kubectlFor } from '../../install/kubectl.ts'
import type { Ground } from '../matrix/ground.ts'
import { reached } from '../matrix/scenario.ts'
import type { Stage } from '../matrix/stage.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'

export interface Servers {
  second: SecondServer
  /** Uids by name of what the second server tells of a kind to whoever takes anything it knows, however old. */
  toldBySecond(kind: ResourceRef, namespace: string): Promise<Map<string, string>>
  /** What the operator asks for, and what it follows, is from now on asked of this server. */
  move(stage: Stage, server: 'first' | 'second'): Promise<void>
}

export const openServers = async (ground: Ground): Promise<Servers> => {
  const { plane } = ground
  const second = await plane.secondServer()
  const kubectl = kubectlFor({ kubectl: plane.kubectl, kubeconfig: second.kubeconfig })
  return {
    second,
    async toldBySecond(kind, namespace) {
      const list = await kubectl('get', '--raw', `${pathOf(kind, { namespace })}?resourceVersion=0`)
      const { items } = JSON.parse(list) as { items: { metadata: { name: string; uid: string } }[] }
      return new Map(items.map(({ metadata }) => [metadata.name, metadata.uid]))
    },
    async move({ proxy }, server) {
      proxy.retarget(server === 'second' ? second.server : plane.server)
      await proxy.disconnect()
    },
  }
}

/** Waits until the second server knows of an object. */
export const knownToSecond = async (servers: Servers, { kind, namespace, name }: { kind: ResourceRef; namespace: string; name: string }) =>
  await reached(async () => (await servers.toldBySecond(kind, namespace)).has(name), 20, `the second server knows ${kind.kind} ${name}`)

/** What the operator wanted to change in a time in which what it can see is old. */
export interface Attempts {
  /** Requests that make, change or remove an object, and not only the status of one. */
  beyondStatus: string[]
  /** Requests that the API server granted. */
  granted: string[]
}

export const attemptsSince = (requests: readonly RequestRecord[], start: number): Attempts => {
  const changes = requests.slice(start).filter(({ mutation }) => mutation !== undefined)
  return {
    beyondStatus: changes.filter(({ subresource }) => subresource !== 'status').map(tell),
    granted: changes.filter(({ status = 0 }) => status >= 200 && status < 300).map(tell),
  }
}

const tell = ({ verb, resource, subresource, name, status }: RequestRecord): string =>
  [verb, [resource, subresource].filter(Boolean).join('/'), name, status].join(' ')
