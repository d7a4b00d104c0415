// Connects to an API server as the user of one of our kubeconfigs, by Node alone: for what must not lean on the operator's own client.
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }]
  users: [{ user: { 'client-certificate-data': string; 'client-key-data': string } }]
}

export interface ApiConnection {
  server: string
  agent: Agent
}

export function apiConnection(kubeconfigFile: string): ApiConnection {
  const config = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig
  const [{ cluster }] = config.clusters
  const [{ user }] = config.users
  const bytes = (data: string) => Buffer.from(data, 'base64')
  const agent = new Agent({
    keepAlive: true,
    ca: bytes(cluster['certificate-authority-data']),
    cert: bytes(user['client-certificate-data']),
    key: bytes(user['client-key-data']),
  })
  return { server: cluster.server, agent }
}
