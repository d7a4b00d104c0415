// Stands between the operator and the API server and writes down what it sends; plain HTTP on this side, for this machine alone.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Agent, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

export interface Recorded {
  method: string
  path: string
  contentType: string
  body: string
}

export interface RecordingProxy {
  /** Path of a kubeconfig whose server is this proxy. */
  kubeconfig: string
  /** Every request that changes something, in the order it came. */
  recorded: Recorded[]
  close(): void
}

interface Config {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { 'client-certificate-data': string; 'client-key-data': string } }[]
}

/** Forwards as the user of the kubeconfig given, and puts the new one beside it. */
export const startRecordingProxy = async (path: string, folder: string): Promise<RecordingProxy> => {
  const config = JSON.parse(readFileSync(path, 'utf8')) as Config
  const { cluster } = config.clusters[0] as Config['clusters'][0]
  const { user } = config.users[0] as Config['users'][0]
  const bytes = (written: string) => Buffer.from(written, 'base64')
  const agent = new Agent({
    keepAlive: true,
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  })
  const recorded: Recorded[] = []
  const server = createServer((incoming, outgoing) => {
    forward({ incoming, outgoing, server: cluster.server, agent, recorded }).catch(() => outgoing.destroy())
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const kubeconfig = join(folder, 'recorded.kubeconfig')
  writeFileSync(
    kubeconfig,
    JSON.stringify({ ...config, clusters: [{ name: 'recorded', cluster: { server: address, ...plain } }], ...unnamed }),
  )
  const close = () => {
    server.close()
    server.closeAllConnections()
    agent.destroy()
  }
  return { kubeconfig, recorded, close }
}

/** Clients refuse plain HTTP unless they are told that nothing is verified. */
const plain = { 'insecure-skip-tls-verify': true }

const unnamed = {
  users: [{ name: 'nobody', user: {} }],
  contexts: [{ name: 'recorded', context: { cluster: 'recorded', user: 'nobody' } }],
  'current-context': 'recorded',
}

interface Exchange {
  incoming: IncomingMessage
  outgoing: ServerResponse
  server: string
  agent: Agent
  recorded: Recorded[]
}

const forward = async ({ incoming, outgoing, server, agent, recorded }: Exchange): Promise<void> => {
  const { method = 'GET', url: path = '/', headers } = incoming
  const body = await buffer(incoming)
  const contentType = headers['content-type'] ?? ''
  if (method !== 'GET') recorded.push({ method, path, contentType, body: body.toString() })
  const passed = { ...headers, host: new URL(server).host }
  const onward = request(new URL(path, server), { method, agent, headers: passed }, answer => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.on('error', () => outgoing.destroy())
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  outgoing.on('close', () => onward.destroy())
  onward.end(body)
}
