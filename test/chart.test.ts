import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { read } from './documents.ts'
import { paths } from './sources.ts'

const values = parse(read('charts/tidegate/values.yaml')) as Record<string, unknown>
const schema = JSON.parse(read('charts/tidegate/values.schema.json')) as Node
const chart = parse(read('charts/tidegate/Chart.yaml')) as Record<string, string>

interface Node {
  type?: string
  description?: string
  properties?: Record<string, Node>
  additionalProperties?: Node | boolean
  items?: Node
}

interface Rule {
  apiGroups: string[]
  resources: string[]
  verbs: string[]
}

/** Path to value, down to texts, numbers, lists and empty maps. */
const leaves = (value: unknown, at = ''): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, child]) => leaves(child, at ? `${at}.${key}` : key))
    : [[at, value]]

describe('the values of the chart', () => {
  it('satisfy their own schema', () => {
    const check = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema as object)
    check(values)
    expect(check.errors).toBeNull()
  })

  it('are all explained by the README, with their defaults', () => {
    const rows = [...read('charts/tidegate/README.md').matchAll(/^\| `([^`]+)` \| `([^`]*)` \| \S/gm)].map(([, name, written]) => [
      name,
      written,
    ])
    const written = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value))
    expect(rows).toEqual(leaves(values).map(([name, value]) => [name, written(value)]))
  })

  it('are all described by the schema, which leaves no object open', () => {
    const open = (node: Node, at: string): string[] => [
      ...(node.type === 'object' && node.properties && node.additionalProperties !== false ? [`${at} is open`] : []),
      ...(at.split('.').length === 2 && !node.description ? [`${at} has no description`] : []),
      ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => open(child, `${at}.${key}`)),
      ...(node.items ? open(node.items, `${at}[]`) : []),
    ]
    expect(open(schema, 'values')).toEqual([])
  })
})

describe('the rights of the operator', () => {
  const rules = parse(read('charts/tidegate/files/rules.yaml')) as Rule[]
  const grants = rules.flatMap(rule => rule.resources.flatMap(resource => rule.verbs.map(verb => `${verb} ${resource}`)))

  it('are granted once each', () => {
    expect(grants.filter((grant, i) => grants.indexOf(grant) !== i)).toEqual([])
  })

  it('hold no wildcard', () => {
    expect(rules.filter(rule => [rule.apiGroups, rule.resources, rule.verbs].flat().some(word => word.includes('*')))).toEqual([])
  })

  it('hold nothing on secrets, on rights, on other pods’ processes or on nodes', () => {
    const forbidden = /secrets|serviceaccounts|roles|rolebindings|webhook|pods\/|nodes|certificates|customresourcedefinitions/
    expect(rules.flatMap(rule => rule.resources).filter(resource => forbidden.test(resource))).toEqual([])
    expect(rules.flatMap(rule => rule.verbs).filter(verb => /escalate|bind|impersonate|deletecollection|approve|sign/.test(verb))).toEqual(
      [],
    )
  })

  it('cover every kind that the operator watches or writes, and no other', () => {
    const named = [...read('operator/controllers/resources.ts').matchAll(/namespaced\([^)]*'(\w+)'\)/g)].map(([, plural = '']) => plural)
    const granted = new Set(rules.flatMap(rule => rule.resources.map(resource => resource.replace(/\/.*/, ''))))
    expect([...granted].toSorted()).toEqual(named.toSorted())
  })

  it('let it change neither claims nor versions, delete no claim, and write nothing that people write', () => {
    const writes = (resource: string): string[] =>
      grants.filter(grant => grant.endsWith(` ${resource}`) && !/^(get|list|watch) /.test(grant))
    expect(writes('persistentvolumeclaims')).toEqual(['create persistentvolumeclaims'])
    expect(writes('modelversions')).toEqual(['create modelversions', 'delete modelversions'])
    expect(['trainingjobs', 'models', 'inferenceservices', 'pods'].flatMap(writes)).toEqual([])
  })
})

describe('the chart', () => {
  it('sets exactly the variables that the operator reads', () => {
    const names = (text: string): string[] => [...new Set([...text.matchAll(/TIDEGATE_\w+/g)].map(([name]) => name))].toSorted()
    expect(names(read('charts/tidegate/templates/deployment.yaml'))).toEqual(names(read('operator/config.ts')))
  })

  it('has the version of the workspace', () => {
    const { version } = JSON.parse(read('package.json')) as { version: string }
    expect([chart['version'], chart['appVersion']]).toEqual([version, version])
  })

  it('has one CustomResourceDefinition for each one in crds/', () => {
    const named = (folder: string, prefix = ''): string[] =>
      paths(`${folder}/${prefix}*.yaml`).map(path => path.slice(folder.length + 1 + prefix.length))
    expect(named('charts/tidegate/templates', 'crd-')).toEqual(named('crds'))
  })

  it('names the image of its own version in the examples', () => {
    const tags = paths('examples/**/*.yaml').flatMap(path => [...read(path).matchAll(/image: tidegate\/\w+:(\S+)/g)].map(([, tag]) => tag))
    expect([...new Set(tags)]).toEqual([chart['appVersion']])
  })
})
