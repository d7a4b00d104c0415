// Changes credentials under an operator that runs: its token, its client certificate, and the certificate of the API server.
import { randomUUID } from 'node:crypto'
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ControlPlane } from '../../cluster/controlplane.ts'
import type { FaultProxy } from '../proxy/faultproxy.ts'

/** Renamed into place, as the kubelet does, so that nobody reads half of it. */
const put = (path: string, content: string): void => {
  writeFileSync(`${path}.draft`, content)
  renameSync(`${path}.draft`, path)
}

const folderOf = (plane: ControlPlane): string => join(plane.caFile, '..')

export interface Token {
  /** For the proxy. */
  tokenFile: string
  expectToken: () => string
  /** The old one is refused at once; the new one is in the file only after so many milliseconds. */
  rotate: (fileAfterMs: number) => Promise<void>
}

export const tokenFor = (plane: ControlPlane): Token => {
  const tokenFile = join(folderOf(plane), `token-${randomUUID()}`)
  let token = 'first'
  put(tokenFile, `${token}\n`)
  return {
    tokenFile,
    expectToken: () => token,
    async rotate(fileAfterMs) {
      token = `token-${randomUUID()}`
      await sleep(fileAfterMs)
      put(tokenFile, token)
    },
  }
}

/** Seconds from a moment to the last request that was refused for its credentials. */
export const refusedFor = ({ requests }: FaultProxy, since: number): number => {
  const refused = requests.filter(({ beganAt, told }) => beganAt >= since && told === 401)
  return Math.max(0, ...refused.map(({ beganAt }) => (beganAt - since) / 1000))
}

export interface ClientCertificate {
  /** Names files for the certificate and its key. */
  kubeconfig: string
  /** Puts those of another user into their place: the audit log then tells which of them was shown. */
  rotate: (user: string) => Promise<void>
}

const GROUPS = ['system:masters']

export const clientCertificateFor = async (plane: ControlPlane, user: string): Promise<ClientCertificate> => {
  const folder = folderOf(plane)
  const files = { cert: join(folder, `rotated-${user}.crt`), key: join(folder, `rotated-${user}.key`) }
  const rotate = async (next: string) => {
    const issued = await plane.issue({ file: `issued-${next}`, user: next, groups: GROUPS })
    // For a moment they do not fit each other: that is how files are rotated.
    copyFileSync(issued.key, files.key)
    copyFileSync(issued.cert, files.cert)
  }
  await rotate(user)
  const config = JSON.parse(readFileSync(plane.kubeconfig, 'utf8')) as { users: { user: object }[] }
  for (const each of config.users) each.user = { 'client-certificate': files.cert, 'client-key': files.key }
  const kubeconfig = join(folder, `rotated-${user}.kubeconfig`)
  put(kubeconfig, JSON.stringify(config))
  return { kubeconfig, rotate }
}

const SERVING = {
  file: 'apiserver',
  user: 'kube-apiserver',
  names: ['DNS:localhost', 'DNS:kubernetes', 'DNS:kubernetes.default', 'DNS:kubernetes.default.svc', 'IP:127.0.0.1'],
}

/** Another certificate and key of the same authority, shown from the next start of the API server on. */
export const renewServingCertificate = async (plane: ControlPlane): Promise<void> => {
  rmSync(join(folderOf(plane), `${SERVING.file}.crt`))
  await plane.issue(SERVING)
}
