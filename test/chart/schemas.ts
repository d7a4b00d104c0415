// Turns the OpenAPI of a running API server into the folder of JSON Schemas that kubeconform reads: no download, and our own kinds are in it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../cluster/command.ts'
import type { ControlPlane } from '../cluster/controlplane.ts'

interface Node {
  [key: string]: unknown
}

interface OpenApi {
  components?: { schemas?: Record<string, Node> }
}

interface GroupVersionKind {
  group: string
  version: string
  kind: string
}

/** What kubeconform is told about where a schema lies; its suffix of a kind is the first word of the group, and the version. */
export const locationIn = (folder: string): string => join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json')

/** Writes one self-contained schema per kind and gives back how many. */
export const writeSchemas = async (controlPlane: ControlPlane, folder: string): Promise<number> => {
  const raw = async (path: string): Promise<string> =>
    run([controlPlane.kubectl, '--kubeconfig', controlPlane.kubeconfig, 'get', '--raw', path])
  const index = JSON.parse(await raw('/openapi/v3')) as { paths: Record<string, { serverRelativeURL: string }> }
  const groups = Object.entries(index.paths).filter(([path]) => /^apis?\/.*v\d\w*$/.test(path))
  const documents = await Promise.all(groups.map(async ([, { serverRelativeURL }]) => JSON.parse(await raw(serverRelativeURL)) as OpenApi))
  const files = documents.flatMap(schemaFiles)
  for (const [name, content] of files) writeFileSync(join(folder, name), JSON.stringify(content))
  return files.length
}

/** File name to schema, for every kind of one document. */
export const schemaFiles = (document: OpenApi): [string, Node][] => {
  const schemas = document.components?.schemas ?? {}
  return Object.entries(schemas).flatMap(([name, schema]) =>
    kindsOf(schema).map((kind): [string, Node] => [fileName(kind), whole(name, schemas)]),
  )
}

const kindsOf = (schema: Node): GroupVersionKind[] => (schema['x-kubernetes-group-version-kind'] as GroupVersionKind[] | undefined) ?? []

const fileName = ({ group, version, kind }: GroupVersionKind): string =>
  `${[kind.toLowerCase(), ...group.split('.').slice(0, 1), version].filter(Boolean).join('-')}.json`

const REFERENCE = '#/components/schemas/'

/** The schema with everything it refers to, and strict: a field that is not described is refused. */
const whole = (name: string, schemas: Record<string, Node>): Node => {
  const needed = new Map<string, Node>()
  const collect = (wanted: string): void => {
    if (needed.has(wanted)) return
    needed.set(wanted, strict(schemas[wanted] ?? {}))
    for (const [, next] of JSON.stringify(schemas[wanted] ?? {}).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) collect(next ?? '')
  }
  collect(name)
  return { $schema: 'http://json-schema.org/draft-07/schema#', $ref: `#/definitions/${name}`, definitions: Object.fromEntries(needed) }
}

const strict = (node: unknown): Node => (Array.isArray(node) ? node.map(strict) : isNode(node) ? strictNode(node) : node) as Node

const isNode = (node: unknown): node is Node => typeof node === 'object' && node !== null

const strictNode = (node: Node): Node => {
  const entries = Object.entries(node).map(([key, value]): [string, unknown] =>
    key === '$ref' && typeof value === 'string' ? [key, value.replace(REFERENCE, '#/definitions/')] : [key, strict(value)],
  )
  const isClosed = isNode(node['properties']) && !('additionalProperties' in node) && !node['x-kubernetes-preserve-unknown-fields']
  return { ...Object.fromEntries(entries), ...(isClosed && { additionalProperties: false }) }
}
