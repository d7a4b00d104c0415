import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openWorkbench, type Workbench } from '../../chart/render.ts'
import { manifests, read, shownIn } from '../../documents.ts'
import { paths, root } from '../../sources.ts'

let bench: Workbench
const inNamespace = ['--dry-run=server', '--validate=strict', '--namespace', 'restricted', '-f']

beforeAll(async () => {
  bench = await openWorkbench({ controllers: ['serviceaccount-controller'] })
  await bench.kubectl(['create', 'namespace', 'restricted'])
  await bench.kubectl(['label', 'namespace', 'restricted', 'pod-security.kubernetes.io/enforce=restricted'])
  await bench.kubectl(['wait', '--for=create', 'serviceaccount/default', '--namespace', 'restricted', '--timeout=20s'])
}, 900_000)

afterAll(async () => bench?.plane.stop())

describe('in a namespace that enforces restricted, the API server accepts without a warning', () => {
  const everywhere = new Set(paths('examples/**/*.yaml').map(path => path.slice(0, path.lastIndexOf('/'))))
  // What belongs to Argo CD lies in its own namespace, and has a kind of its own: test/integration/gitops judges it.
  const folders = [...everywhere].filter(folder => folder !== 'examples/gitops/argocd')

  it.each(folders)('%s, applied as its README says', async folder => {
    const objects = paths(`${folder}/*.yaml`).flatMap(path => manifests(read(path)))
    // A Decision has no name of its own: it is created.
    const verb = objects.every(({ kind }) => kind === 'Decision') ? 'create' : 'apply'
    const { code, stdout, output } = await bench.kubectl([verb, ...inNamespace, `${root}/${folder}`])
    expect({ code, output }).toEqual({ code: 0, output: stdout })
    expect(stdout.trim().split('\n')).toHaveLength(objects.length)
  })

  const shown = paths('README.md', 'docs/guide/*.md', 'docs/decisions/*.md').flatMap(path =>
    shownIn(read(path)).map(manifest => ({ path, kind: manifest.kind, manifest })),
  )

  it.each(shown)('the $kind in $path', async ({ manifest }) => {
    const { code, stdout, output } = await bench.kubectl(['create', ...inNamespace, '-'], manifest)
    expect({ code, output }).toEqual({ code: 0, output: stdout })
  })
})
