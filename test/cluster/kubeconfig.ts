// Writes kubeconfigs that hold all they need, so that they can be copied anywhere.
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { base64, caFile, issue, type Pki } from './pki.ts'

export type User = { user: string; groups?: readonly string[] }

type Target = { pki: Pki; server: string; name: string }

/** The path of a kubeconfig for this user, written beside the certificates of the cluster. */
export async function kubeconfigFor(target: Target, { user, groups }: User): Promise<string> {
  const file = user.replaceAll(/[^a-zA-Z0-9.-]/g, '_')
  const { cert, key } = await issue(target.pki, { file, user, groups })
  const name = target.name
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server: target.server, 'certificate-authority-data': base64(caFile(target.pki)) } }],
    users: [{ name: user, user: { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) } }],
    contexts: [{ name, context: { cluster: name, user } }],
  }
  const path = join(target.pki.folder, `${file}.kubeconfig`)
  // JSON is YAML, and what is renamed into place is never read half.
  writeFileSync(`${path}.draft`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.draft`, path)
  return path
}

/** What a program of the cluster itself is known as; the name shows up in the audit log. */
export const ADMIN: User = { user: 'admin', groups: ['system:masters'] }
