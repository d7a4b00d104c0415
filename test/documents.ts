// Reads the YAML that the repository shows to people, in examples and in its pages, and says what is wrong with it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { kinds } from '../operator/api/kinds.ts'
import { API_VERSION } from '../operator/api/resource.ts'
import { validate } from '../operator/api/validate.ts'
import { root } from './sources.ts'

export interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string }
  spec: Record<string, unknown>
}

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** As kubectl reads them: YAML 1.1, where `yes` and `no` are not texts. */
export const manifests = (text: string): Manifest[] =>
  parseAllDocuments(text, { version: '1.1' }).map(document => {
    if (document.errors[0]) throw document.errors[0]
    return document.toJS() as Manifest
  })

/** The manifests in the fenced blocks of a page; a block without apiVersion is a fragment and is left out. */
export const shownIn = (page: string): Manifest[] =>
  [...page.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => (/^apiVersion:/m.test(block) ? manifests(block) : []))

interface Node {
  properties?: Record<string, Node>
  additionalProperties?: Node
  items?: Node
}

/** What the schema of the kind says against a manifest of ours; manifests of Kubernetes' own kinds are left to its API server. */
export const complaintsAbout = (manifest: Manifest): string[] => {
  if (!manifest.apiVersion.startsWith('tidegate.io/')) return []
  const definition = kinds.find(kind => kind.kind === manifest.kind)
  if (manifest.apiVersion !== API_VERSION || !definition) return [`${manifest.apiVersion} ${manifest.kind} does not exist`]
  const checked = validate(definition.spec, manifest.spec)
  return ['complaints' in checked ? checked.complaints : [], strayFields(definition.spec as Node, manifest.spec, 'spec')].flat()
}

const strayFields = (node: Node, value: unknown, at: string): string[] => {
  if (Array.isArray(value)) return value.flatMap((item, i) => strayFields(node.items ?? {}, item, `${at}[${i}]`))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) => {
    const schema = node.properties?.[key] ?? node.additionalProperties
    return schema ? strayFields(schema, child, `${at}.${key}`) : [`${at}.${key} is not a field`]
  })
}
