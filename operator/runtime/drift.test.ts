import { describe, expect, test } from 'vitest'
import { adoptionOf, needsAdoption } from './adopt.ts'
import { driftOf } from './drift.ts'
import type { KubeObject, ManagedFields } from './shape.ts'

const wanted: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'a', namespace: 'n', labels: { app: 'a' } },
  spec: {
    paused: false,
    template: {
      spec: {
        containers: [
          { name: 'server', image: 'x:1', args: ['a', 'b'], env: [{ name: 'MODEL', value: 'iris' }], ports: [{ containerPort: 8000 }] },
        ],
        volumes: [{ name: 'tmp', emptyDir: {} }],
      },
    },
  },
}

const owned = {
  'f:metadata': { 'f:labels': { 'f:app': {} } },
  'f:spec': {
    'f:template': {
      'f:spec': {
        'f:containers': {
          'k:{"name":"server"}': {
            '.': {},
            'f:name': {},
            'f:image': {},
            'f:args': {},
            'f:env': { '.': {}, 'k:{"name":"MODEL"}': { '.': {}, 'f:name': {}, 'f:value': {} } },
            'f:ports': { '.': {}, 'k:{"containerPort":8000,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {}, 'f:protocol': {} } },
          },
        },
        'f:volumes': { '.': {}, 'k:{"name":"tmp"}': { '.': {}, 'f:name': {}, 'f:emptyDir': {} } },
      },
    },
  },
}

const entry = (manager: string, fieldsV1: object, rest: Partial<ManagedFields> = {}): ManagedFields => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...rest,
})

/** A deep copy with one place changed or, by undefined, removed. */
const withField = <Value extends object>(value: Value, path: (string | number)[], to?: unknown): Value => {
  const copy = structuredClone(value)
  const last = path.at(-1) as string
  const parent = path.slice(0, -1).reduce((node: Record<string, unknown>, step) => node[step] as Record<string, unknown>, copy as never)
  if (to === undefined) delete parent[last]
  else parent[last] = to
  return copy
}

const live = (entries: ManagedFields[], object: KubeObject = wanted): KubeObject => ({
  ...structuredClone(object),
  metadata: { ...object.metadata, managedFields: entries },
})

const container = ['f:spec', 'f:template', 'f:spec', 'f:containers', 'k:{"name":"server"}']
const nested = (path: string[], leaf: object): object => path.reduceRight((inner, step) => ({ [step]: inner }), leaf)

describe('drift', () => {
  test('is none when we own every field we want', () => {
    expect(driftOf(wanted, live([entry('tidegate', owned)]), 'tidegate')).toEqual([])
  })

  test('is none when an object carries no record of its writers', () => {
    expect(driftOf(wanted, live([]), 'tidegate')).toEqual([])
    expect(driftOf(wanted, structuredClone(wanted), 'tidegate')).toEqual([])
  })

  test('A: is a wanted field that another writer owns and we no longer do', () => {
    const ours = entry('tidegate', withField(owned, [...container, 'f:image']))
    const theirs = entry('kubectl-edit', nested(container, { 'f:image': {} }))
    expect(driftOf(wanted, live([ours, theirs]), 'tidegate')).toEqual(['.spec.template.spec.containers[0].image'])
  })

  test('A: is an atomic list that another writer replaced', () => {
    const ours = entry('tidegate', withField(owned, [...container, 'f:args']))
    const theirs = entry('kubectl-edit', nested(container, { 'f:args': {} }))
    expect(driftOf(wanted, live([ours, theirs]), 'tidegate')).toEqual(['.spec.template.spec.containers[0].args'])
  })

  test('A: is a false that another writer made true', () => {
    const theirs = entry('kubectl-edit', { 'f:spec': { 'f:paused': {} } })
    expect(driftOf(wanted, live([entry('tidegate', owned), theirs]), 'tidegate')).toEqual(['.spec.paused'])
  })

  test('A: is seen in the empty shell of a map whose only field was taken', () => {
    const wantedMap: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { weight: '10' } }
    const entries = [entry('tidegate', { 'f:data': {} }), entry('somebody', { 'f:data': { 'f:weight': {} } })]
    expect(driftOf(wantedMap, live(entries, wantedMap), 'tidegate')).toEqual(['.data.weight'])
  })

  test('B: is a wanted field that was removed', () => {
    const path = ['spec', 'template', 'spec', 'containers', 0, 'env']
    const ours = entry('tidegate', withField(owned, [...container, 'f:env']))
    const removed = live([ours], withField(wanted, path))
    expect(driftOf(wanted, removed, 'tidegate')).toEqual([
      '.spec.template.spec.containers[0].env[0].name',
      '.spec.template.spec.containers[0].env[0].value',
    ])
  })

  test('C: is none when another writer agrees with us', () => {
    const theirs = entry('argocd', nested(container, { 'f:image': {} }), { operation: 'Apply' })
    expect(driftOf(wanted, live([entry('tidegate', owned), theirs]), 'tidegate')).toEqual([])
  })

  test('D: is none in fields we do not want, in status and in scale', () => {
    const entries = [
      entry('tidegate', owned),
      entry('kubectl-rollout', { 'f:spec': { 'f:template': { 'f:metadata': { 'f:annotations': { 'f:restartedAt': {} } } } } }),
      entry('kube-controller-manager', { 'f:spec': { 'f:paused': {} } }, { subresource: 'status' }),
      entry('hpa', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' }),
    ]
    expect(driftOf(wanted, live(entries), 'tidegate')).toEqual([])
  })

  test('finds list items by their keys, whatever their order', () => {
    const two = structuredClone(wanted) as unknown as { spec: { template: { spec: { containers: { name: string }[] } } } }
    two.spec.template.spec.containers.unshift({ name: 'injected' })
    expect(driftOf(wanted, live([entry('tidegate', owned)], two as unknown as KubeObject), 'tidegate')).toEqual([])
  })
})

describe('adoption', () => {
  test('turns the entry of our POST into one of our apply, and leaves replicas and the entries of others alone', () => {
    const others = [entry('hpa', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' }), entry('kcm', {}, { subresource: 'status' })]
    const created = entry('tidegate', { 'f:spec': { 'f:replicas': {}, 'f:paused': {} } })
    const object = live([...others, created])
    object.metadata.resourceVersion = '7'
    expect(needsAdoption(object, 'tidegate')).toBe(true)
    const [fields, version] = adoptionOf(object, 'tidegate')
    expect(fields?.value).toEqual([...others, { ...created, operation: 'Apply', fieldsV1: { 'f:spec': { 'f:paused': {} } } }])
    expect(version).toEqual({ op: 'replace', path: '/metadata/resourceVersion', value: '7' })
  })

  test('joins what we created with what we applied since', () => {
    const applied = entry('tidegate', { 'f:data': { 'f:a': {} } }, { operation: 'Apply' })
    const created = entry('tidegate', { 'f:data': { 'f:b': {} } })
    const [fields] = adoptionOf(live([applied, created]), 'tidegate')
    expect(fields?.value).toEqual([{ ...applied, fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } }])
  })

  test('is needed once: an object we only applied needs none', () => {
    expect(needsAdoption(live([entry('tidegate', owned, { operation: 'Apply' })]), 'tidegate')).toBe(false)
  })
})
