// A person with a client certificate of their own, issued by the cluster, and with roles in one namespace: no impersonation, no admin's kubeconfig.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { run } from '../cluster/command.ts'
import { type Answer, execute, type Kubectl, kubectlFor } from '../install/kubectl.ts'
import { root } from '../sources.ts'
import { until } from './until.ts'
import type { World } from './world.ts'

export interface Person {
  kubectl: Kubectl
  /** `kubectl tidegate …`, as this person. */
  tidegate: (...args: string[]) => Promise<Answer>
}

/** Call it in a hook or a test of the file; what it makes outside the namespace goes when the file ends. */
export const makePerson = async (world: World, name: string, roles: readonly string[]): Promise<Person> => {
  const folder = mkdtempSync(join(tmpdir(), `tidegate-${name}-`))
  const kubeconfig = join(folder, 'kubeconfig')
  // Another run on the same cluster may know a person of this name.
  const request = `${name}-${world.namespace}`
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await world.kubectl('delete', 'certificatesigningrequest', request, '--ignore-not-found')
  })
  const { key, certificate } = await certify(world, { name, request, folder })
  for (const role of roles) await world.kubectl('create', 'rolebinding', `${name}-${role}`, `--clusterrole=${role}`, `--user=${name}`)
  writeFileSync(kubeconfig, await world.kubectl('config', 'view', '--raw', '--flatten', '--minify'), { mode: 0o600 })
  const config = (...args: string[]) => execute([world.cluster.kubectl, '--kubeconfig', kubeconfig, 'config', ...args])
  await config('set-credentials', name, `--client-certificate=${certificate}`, `--client-key=${key}`, '--embed-certs=true')
  await config('set-context', '--current', `--user=${name}`, `--namespace=${world.namespace}`)
  const command = [process.execPath, join(root, 'operator/cli/main.ts'), '--kubeconfig', kubeconfig]
  return {
    kubectl: kubectlFor({ ...world.cluster, kubeconfig }, world.namespace),
    tidegate: (...args) => execute([...command, ...args]),
  }
}

interface Applicant {
  name: string
  request: string
  folder: string
}

/** As an administrator does it: a request of the person, approved, and signed by the cluster. */
const certify = async ({ kubectl }: World, { name, request, folder }: Applicant): Promise<{ key: string; certificate: string }> => {
  const [key, wanted, certificate] = ['key', 'csr', 'crt'].map(ending => join(folder, `${name}.${ending}`)) as [string, string, string]
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  await run(['openssl', 'req', '-new', ...ec, '-subj', `/CN=${name}`, '-keyout', key, '-out', wanted], {
    purpose: `asking for a certificate of ${name}`,
  })
  await kubectl.apply({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: request },
    spec: {
      request: readFileSync(wanted).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      expirationSeconds: 3600,
      usages: ['client auth'],
    },
  })
  await kubectl('certificate', 'approve', request)
  const signed = await until(
    () => kubectl.json<{ status?: { certificate?: string } }>('get', `certificatesigningrequest/${request}`),
    seen => seen.status?.certificate !== undefined,
    { within: 30, what: `the cluster signs the certificate of ${name}` },
  )
  writeFileSync(certificate, Buffer.from(signed.status?.certificate ?? '', 'base64'))
  return { key, certificate }
}
