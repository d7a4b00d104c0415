import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { algorithms } from '../operator/api/algorithms.ts'
import { kinds } from '../operator/api/kinds.ts'
import { complaintsAbout, type Manifest, manifests, read, shownIn } from './documents.ts'
import { paths, root } from './sources.ts'

/** What belongs to Argo CD is judged in test/integration/gitops. */
const files = paths('examples/**/*.yaml').filter(path => !path.startsWith('examples/gitops/argocd/'))
const pages = paths('README.md', 'docs/guide/*.md', 'docs/decisions/*.md')
const ours = files.flatMap(path => manifests(read(path))).filter(one => one.apiVersion.startsWith('tidegate.io/'))
const of = (kind: string): Manifest[] => ours.filter(one => one.kind === kind)

describe('the examples', () => {
  it.each(files)('%s satisfies the schema of its kind', path => {
    expect(manifests(read(path)).flatMap(complaintsAbout)).toEqual([])
  })

  it('show every kind that people write', () => {
    const written = new Set(ours.map(one => one.kind))
    // A ModelVersion is written by the operator; its page shows how to import one.
    expect(kinds.map(kind => kind.kind).filter(kind => kind !== 'ModelVersion' && !written.has(kind))).toEqual([])
  })

  it('give only parameters that the algorithm has', () => {
    const candidates = of('TrainingJob').flatMap(job => job.spec['candidates'] as { algorithm: string; parameters?: object }[])
    const unknown = candidates.flatMap(c => Object.keys(c.parameters ?? {}).filter(name => !algorithms[c.algorithm]?.[name]))
    expect(candidates.length).toBeGreaterThan(0)
    expect(unknown).toEqual([])
  })

  it('name a Model that the example holds', () => {
    const models = of('Model').map(model => model.metadata.name)
    const named = [...of('TrainingJob'), ...of('InferenceService')].map(one => one.spec['model'])
    expect(named.filter(name => !models.includes(name as string))).toEqual([])
  })

  it.each(paths('examples/*/README.md'))('%s names only files that exist', path => {
    const named = [...read(path).matchAll(/`([\w/-]+\.(?:yaml|csv))`|(examples\/[\w/.-]+\w)/g)].map(
      ([, file, full]) => full ?? join(dirname(path), file ?? ''),
    )
    expect(named.filter(file => !existsSync(join(root, file)) && !file.endsWith('iris.csv'))).toEqual([])
  })

  it('each come with a README of about ten lines', () => {
    for (const path of paths('examples/*/')) expect(read(join(path, 'README.md')).split('\n').length, path).toBeLessThan(30)
  })
})

describe('the CSV of the example', () => {
  it('has the columns and classes that its TrainingJob promises', () => {
    const [head = '', ...rows] = read('examples/csv/customers.csv').trim().split('\n')
    const columns = head.split(',')
    const job = of('TrainingJob').find(one => one.metadata.name === 'churn')
    const data = job?.spec['data'] as { target: string; ignore: string[]; checks: { schema: { name: string; values?: string[] }[] } }
    expect(columns.toSorted()).toEqual([...data.ignore, ...data.checks.schema.map(rule => rule.name)].toSorted())
    for (const { name, values } of data.checks.schema.filter(rule => rule.values)) {
      const found = new Set(rows.map(row => row.split(',')[columns.indexOf(name)] ?? ''))
      expect([...found].toSorted()).toEqual(values?.toSorted())
    }
  })
})

describe('the manifests on the pages', () => {
  const shown = pages.flatMap(path => shownIn(read(path)).map(manifest => ({ path, manifest, kind: manifest.kind })))

  it.each(shown)('$kind in $path satisfies its schema', ({ manifest }) => {
    expect(complaintsAbout(manifest)).toEqual([])
  })

  it.each(kinds.map(kind => kind.kind))('show a whole %s in its guide', kind => {
    expect(shown.some(one => one.kind === kind && one.path === `docs/guide/${kind.toLowerCase()}.md`)).toBe(true)
  })
})

describe('the reader of manifests', () => {
  const gate = { metric: 'f1', atLeast: 1, atleast: 1 }
  const model = {
    apiVersion: 'tidegate.io/v1alpha1',
    kind: 'Model',
    metadata: { name: 'a' },
    spec: { stages: [{ name: 'S', gates: [gate] }] },
  }

  it('finds a field that does not exist', () => {
    expect(complaintsAbout(model)).toEqual(['spec.stages[0].gates[0].atleast is not a field'])
  })

  it('finds a kind that does not exist', () => {
    expect(complaintsAbout({ ...model, kind: 'Modell' })).toEqual(['tidegate.io/v1alpha1 Modell does not exist'])
  })
})
