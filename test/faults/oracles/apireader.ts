// Reads and follows objects for the oracles, by none of the code that is under test.
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KubeObject, ResourceRef } from '../../../operator/runtime/shape.ts'
import { apiConnection } from '../../cluster/apiconnection.ts'

export interface ObjectList {
  items: KubeObject[]
  resourceVersion: string
}

export interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'
  object: KubeObject
}

/** The API server does not know any more what happened since then. */
export class Gone extends Error {}

export interface ApiReader {
  /** Every object, consistent, of one namespace or of all. */
  list(kind: ResourceRef, namespace?: string): Promise<ObjectList>
  /** Changes since then, until the server ends the stream or `close` is called. */
  follow(kind: ResourceRef, resourceVersion: string): Promise<AsyncIterable<Change>>
  close(): void
}

export const apiReader = (kubeconfigFile: string): ApiReader => {
  const { server, agent } = apiConnection(kubeconfigFile)
  const get = async (path: string): Promise<IncomingMessage> => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL(path, server), { agent }, resolve).on('error', reject).end()
    })
    if (answer.statusCode === 200) return answer
    throw new (answer.statusCode === 410 ? Gone : Error)(`GET ${path} answers ${answer.statusCode}: ${await text(answer)}`)
  }
  return {
    async list(kind, namespace) {
      const list = JSON.parse(await patiently(async () => text(await get(pathOf(kind, namespace))))) as {
        items: KubeObject[]
        metadata: { resourceVersion: string }
      }
      const items = list.items.map(item => ({ ...item, apiVersion: kind.apiVersion, kind: kind.kind }))
      return { items, resourceVersion: list.metadata.resourceVersion }
    },
    async follow(kind, resourceVersion) {
      const query = `watch=1&timeoutSeconds=1800&allowWatchBookmarks=true&resourceVersion=${resourceVersion}`
      return changes(await get(`${pathOf(kind)}?${query}`))
    },
    close: () => agent.destroy(),
  }
}

const RETRY_MS = 250
const PATIENCE_MS = 30_000

/** An API server that has just come, or come back, refuses for a while. */
const patiently = async (ask: () => Promise<string>): Promise<string> => {
  for (const until = performance.now() + PATIENCE_MS; ; await sleep(RETRY_MS)) {
    try {
      return await ask()
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

const pathOf = ({ apiVersion, plural }: ResourceRef, namespace?: string): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`
}

interface Failed {
  code?: number
  message?: string
}

async function* changes(answer: IncomingMessage): AsyncIterable<Change> {
  for await (const line of createInterface({ input: answer })) {
    const { type, object } = JSON.parse(line) as Change | { type: 'ERROR'; object: Failed }
    if (type !== 'ERROR') yield { type, object }
    else throw new (object.code === 410 ? Gone : Error)(`the watch broke: ${object.message}`)
  }
}
