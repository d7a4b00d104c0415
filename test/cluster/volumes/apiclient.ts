// The few calls to the API server that the volume provisioner makes.
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { apiConnection } from '../apiconnection.ts'

export type ApiObject = { metadata: { name: string; namespace?: string; uid?: string; annotations?: Record<string, string> } }
type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T }

export type ApiClient = {
  /** Sends a request; a conflict or an object that is gone is an answer, not an error. */
  send: (method: 'POST' | 'DELETE', path: string, body?: object) => Promise<number>
  /** All objects as they are, then every change, until the server ends the stream. */
  watch: <T extends ApiObject>(path: string) => AsyncGenerator<WatchEvent<T>>
}

const EXPECTED = [404, 409]

/** A client that speaks as the kubeconfig's user. */
export function apiClient(kubeconfigFile: string): ApiClient {
  const { server, agent } = apiConnection(kubeconfigFile)
  const call = (method: string, path: string, body?: object): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json' }
      const sent = request(new URL(path, server), { method, agent, headers }, resolve)
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })

  async function send(method: 'POST' | 'DELETE', path: string, body?: object): Promise<number> {
    const response = await call(method, path, body)
    const answer = await text(response)
    const code = response.statusCode ?? 0
    if (code >= 400 && !EXPECTED.includes(code)) throw new Error(`${method} ${path} answers ${code}: ${answer}`)
    return code
  }

  async function* watch<T extends ApiObject>(path: string): AsyncGenerator<WatchEvent<T>> {
    const response = await call('GET', `${path}?watch=1&timeoutSeconds=600`)
    if (response.statusCode !== 200) throw new Error(`GET ${path} answers ${response.statusCode}: ${await text(response)}`)
    for await (const line of createInterface({ input: response })) yield JSON.parse(line) as WatchEvent<T>
  }

  return { send, watch }
}
