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
  const credentials = { 'client-certificate-data': base64(cert), 'client-key-data': base64(key) }
  return write(target, file, { name: user, user: credentials })
}

/** A server that stands before the API server and shows its own certificate there, whoever asks. */
export type Front = { server: string /** File name of the kubeconfig, without ending. */; file: string; tokenFile?: string }

/** The path of a kubeconfig for such a server: without credentials, or with a token that is read from a file. */
export function kubeconfigOfFront(target: Target, { server, file, tokenFile }: Front): string {
  // In these words the JavaScript client reads the file again and again, as it does in a cluster; `tokenFile` alone it ignores.
  const user = tokenFile === undefined ? {} : { 'auth-provider': { name: 'tokenFile', config: { tokenFile } } }
  return write({ ...target, server }, file, { name: file, user })
}

function write({ pki, server, name }: Target, file: string, user: { name: string; user: object }): string {
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(caFile(pki)) } }],
    users: [user],
    contexts: [{ name, context: { cluster: name, user: user.name } }],
  }
  const path = join(pki.folder, `${file}.kubeconfig`)
  // JSON is YAML, and what is renamed into place is never read half.
  writeFileSync(`${path}.draft`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${path}.draft`, path)
  return path
}

/** What a program of the cluster itself is known as; the name shows up in the audit log. */
export const ADMIN: User = { user: 'admin', groups: ['system:masters'] }
