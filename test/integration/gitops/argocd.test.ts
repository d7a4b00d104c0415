import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { healthChecks } from '../../../operator/generate/argocd.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/controlplane.ts'
import { type Manifest, manifests, read } from '../../documents.ts'
import { until } from '../../e2e/until.ts'
import { type Kubectl, kubectlFor } from '../../install/kubectl.ts'
import { root } from '../../sources.ts'
import { applicationDefinition } from './applicationdefinition.ts'

let plane: ControlPlane
let kubectl: Kubectl

beforeAll(async () => {
  plane = await startControlPlane()
  kubectl = kubectlFor(plane)
  await kubectl('create', 'namespace', 'argocd')
}, 900_000)
afterAll(() => plane?.stop())

const PATCH = 'examples/gitops/argocd/argocd-cm.yaml'
const configMap = (data: Record<string, string>) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data })

/** What an administrator's ConfigMap holds afterwards, which held `url` before. */
const expected = {
  url: 'https://argocd.example.com',
  ...Object.fromEntries([...healthChecks()].map(([kind, script]) => [`resource.customizations.health.tidegate.io_${kind}`, script])),
}

describe('the Application of the example', () => {
  const [application] = manifests(read('examples/gitops/argocd/application.yaml')) as [Manifest & { spec: { source: { path: string } } }]
  const create = (object: object) => kubectl.attempt(['create', '--dry-run=server', '--validate=strict', '-f', '-'], JSON.stringify(object))

  beforeAll(async () => {
    await kubectl('apply', '--server-side', '--filename', await applicationDefinition())
    await until(
      () => kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s'),
      said => said.includes('condition met'),
      { within: 30, what: 'the kind Application is served' },
    )
  }, 600_000)

  it('is one by the definition of Argo CD', async () => {
    expect(await create(application)).toEqual({
      code: 0,
      printed: 'application.argoproj.io/orchids created (server dry run)\n',
      said: '',
    })
  })

  it('would be refused with a field that Argo CD does not know', async () => {
    const { said } = await create({ ...application, spec: { ...application.spec, syncpolicy: {} } })
    expect(said).toContain('unknown field "spec.syncpolicy"')
  })

  it('names the folder of the example', () => {
    expect(manifests(read(join(application.spec.source.path, 'model.yaml')))[0]?.kind).toBe('Model')
  })
})

describe('the health checks reach the configuration of Argo CD', () => {
  it('by the patch, beside what is there', async () => {
    await kubectl('create', 'configmap', 'argocd-cm', '--namespace', 'argocd', '--from-literal=url=https://argocd.example.com')
    await kubectl('patch', 'configmap', 'argocd-cm', '--namespace', 'argocd', '--patch-file', join(root, PATCH))
    const { data } = await kubectl.json<{ data: object }>('get', 'configmap', 'argocd-cm', '--namespace', 'argocd')
    expect(data).toEqual(expected)
  })

  it('by Kustomize', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-kustomize-'))
    try {
      cpSync(join(root, PATCH), join(folder, 'argocd-cm.yaml'))
      writeFileSync(join(folder, 'base.yaml'), JSON.stringify(configMap({ url: 'https://argocd.example.com' })))
      writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify({ resources: ['base.yaml'], patches: [{ path: 'argocd-cm.yaml' }] }))
      expect(parse(await kubectl('kustomize', folder))).toEqual(configMap(expected))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('by the values of its chart, which are the same', () => {
    const { configs } = parse(read('examples/gitops/argocd/values.yaml')) as { configs: { cm: object } }
    expect({ url: expected.url, ...configs.cm }).toEqual(expected)
  })
})
