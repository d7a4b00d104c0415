// Issues the certificates of one cluster with its own authority; kept, so that a second start changes nothing.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'

export type Pki = { folder: string }

export type Subject = {
  /** File name, without ending. */
  file: string
  user: string
  groups?: readonly string[]
  /** Subject alternative names as openssl writes them: `DNS:localhost`, `IP:127.0.0.1`. */
  names?: readonly string[]
}

const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650']

/** The authority and the service accounts' keys, made when they are missing. */
export async function openPki(folder: string): Promise<Pki> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const pki = { folder }
  if (!existsSync(caFile(pki))) {
    await request(pki, 'ca', {
      extra: [],
      config: config({ file: 'ca', user: 'tidegate-test-cluster' }, ['basicConstraints=critical,CA:TRUE']),
    })
  }
  if (!existsSync(join(folder, 'sa.pub'))) {
    const key = join(folder, 'sa.key')
    await run(['openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key], {
      purpose: 'making the key of service accounts',
    })
    await run(['openssl', 'ec', '-in', key, '-pubout', '-out', join(folder, 'sa.pub')], { purpose: 'making the key of service accounts' })
  }
  return pki
}

export function caFile(pki: Pki): string {
  return join(pki.folder, 'ca.crt')
}

/** The certificate and key of a subject, issued at the first call. */
export async function issue(pki: Pki, subject: Subject): Promise<{ cert: string; key: string }> {
  const cert = join(pki.folder, `${subject.file}.crt`)
  if (!existsSync(cert)) {
    const ca = ['-CA', caFile(pki), '-CAkey', join(pki.folder, 'ca.key')]
    const extensions = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth,serverAuth']
    if (subject.names) extensions.push(`subjectAltName=${subject.names.join(',')}`)
    await request(pki, subject.file, { extra: ca, config: config(subject, extensions) })
  }
  return { cert, key: join(pki.folder, `${subject.file}.key`) }
}

/** The bytes of a file of the authority, as kubeconfigs hold them. */
export function base64(file: string): string {
  return readFileSync(file).toString('base64')
}

function config(subject: Subject, extensions: readonly string[]): string {
  const groups = (subject.groups ?? []).map((group, index) => `${index}.O=${group}`)
  const name = ['[name]', ...groups, `CN=${subject.user}`]
  return ['[req]', 'prompt=no', 'distinguished_name=name', 'x509_extensions=ext', ...name, '[ext]', ...extensions, ''].join('\n')
}

// The certificate comes last and by renaming, so that one that is there has its key beside it.
async function request(pki: Pki, file: string, { extra, config: content }: { extra: string[]; config: string }): Promise<void> {
  const target = join(pki.folder, file)
  const draft = `${target}.crt.draft`
  writeFileSync(`${target}.conf`, content)
  await run(['openssl', 'req', '-x509', '-config', `${target}.conf`, ...KEY, ...extra, '-keyout', `${target}.key`, '-out', draft], {
    purpose: `issuing the certificate ${file}`,
  })
  renameSync(draft, `${target}.crt`)
}
