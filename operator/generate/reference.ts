// Renders the field reference of one kind as Markdown, from the same schema that the API server enforces.
import { conditionTypes, reasons } from '../api/conditions.ts'
import { type AnyDefinition, API_VERSION, type Column } from '../api/resource.ts'
import type { Rule } from '../api/schema.ts'

interface Node {
  type?: string
  description?: string
  enum?: string[]
  default?: string | number | boolean | object
  minimum?: number
  maximum?: number
  minItems?: number
  maxItems?: number
  maxLength?: number
  pattern?: string
  required?: string[]
  properties?: Record<string, Node>
  additionalProperties?: Node
  items?: Node
  'x-kubernetes-validations'?: Rule[]
}

export const reference = (definition: AnyDefinition): string =>
  [
    `# ${definition.kind}`,
    `<!-- Generated from operator/api by \`npm run generate\`; do not edit. -->`,
    definition.description,
    `\`apiVersion: ${API_VERSION}\`, \`kind: ${definition.kind}\`, short name \`${definition.shortNames.join('`, `')}\`, category \`tidegate\`.`,
    '## Columns of `kubectl get`',
    columns(definition.columns),
    '## Spec',
    fields(definition.spec as Node, 'spec'),
    '## Rules',
    rules(definition),
    '## Status',
    fields(definition.status as Node, 'status'),
    ...conditionTable(definition.kind),
  ].join('\n\n')

/** Every reason of every kind, for one page. */
export const reasonTable = (): string =>
  [
    '# Reasons',
    '<!-- Generated from operator/api by `npm run generate`; do not edit. -->',
    'The `reason` of a condition is one of these words.',
    table(
      ['Reason', 'Meaning'],
      Object.entries(reasons).map(([reason, meaning]) => [`\`${reason}\``, meaning]),
    ),
  ].join('\n\n')

const table = (head: string[], rows: string[][]): string =>
  [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')

const columns = (list: Column[]) =>
  table(
    ['Column', 'From', 'Meaning'],
    list.map(c => [c.name, `\`${c.path}\``, c.description]),
  )

const fields = (node: Node, at: string) => table(['Field', 'Type', 'Meaning'], rows(node, at))

const rows = (node: Node, at: string): string[][] =>
  Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const path = `${at}.${key}`
    const need = node.required?.includes(key) && at.startsWith('spec') ? ' **Required.**' : ''
    return [[`\`${path}\``, typeOf(child), `${child.description}${need}${limits(child)}`], ...inner(child, path)]
  })

const inner = (node: Node, path: string): string[][] => {
  if (node.properties) return rows(node, path)
  if (node.items?.properties) return rows(node.items, `${path}[]`)
  return node.additionalProperties?.properties ? rows(node.additionalProperties, `${path}.*`) : []
}

const typeOf = (node: Node): string => {
  if (node.enum) return node.enum.map(value => `\`${value}\``).join(', ')
  if (node.type === 'array') return `list of ${node.items?.properties ? 'objects' : typeOf(node.items ?? {})}`
  if (node.additionalProperties) return `map to ${typeOf(node.additionalProperties)}`
  return node.type ?? 'any scalar'
}

const limits = (node: Node): string => {
  const parts = [
    ...(node.default !== undefined && typeof node.default !== 'object' ? [`default \`${node.default}\``] : []),
    ...(node.minimum !== undefined || node.maximum !== undefined ? [`${node.minimum ?? '−∞'} to ${node.maximum ?? '∞'}`] : []),
    ...(node.minItems !== undefined || node.maxItems !== undefined ? [`${node.minItems ?? 0} to ${node.maxItems ?? '∞'} items`] : []),
    ...(node.pattern ? [`matches \`${node.pattern}\``] : []),
  ]
  return parts.length > 0 ? ` (${parts.join('; ')})` : ''
}

const rules = (definition: AnyDefinition): string => {
  const found = [...(definition.rules ?? []).map(r => ['the object', r] as const), ...walk(definition.spec as Node, 'spec')]
  return found.length === 0 ? 'None.' : found.map(([at, r]) => `- \`${at}\`: ${r.message}`).join('\n')
}

const walk = (node: Node, at: string): (readonly [string, Rule])[] => [
  ...(node['x-kubernetes-validations'] ?? []).map(r => [at, r] as const),
  ...Object.entries(node.properties ?? {}).flatMap(([key, child]) => walk(child, `${at}.${key}`)),
  ...(node.items ? walk(node.items, `${at}[]`) : []),
]

/** Nothing for a kind without conditions. */
const conditionTable = (kind: string): string[] => {
  const types = Object.entries((conditionTypes as Record<string, Record<string, string>>)[kind] ?? {})
  return types.length === 0
    ? []
    : [
        '## Conditions',
        table(
          ['Type', 'True means'],
          types.map(([type, meaning]) => [`\`${type}\``, meaning]),
        ),
      ]
}
