// The API conventions as a walk over a schema: structural rules first, rules of this house after.

interface Node {
  type?: string
  description?: string
  enum?: unknown
  format?: string
  maxLength?: number
  maxItems?: number
  maxProperties?: number
  default?: unknown
  required?: string[]
  properties?: Record<string, Node>
  additionalProperties?: Node | boolean
  items?: Node
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-list-type'?: string
}

const NOT_STRUCTURAL = [
  '$ref',
  'definitions',
  'dependencies',
  'patternProperties',
  'propertyNames',
  'const',
  'anyOf',
  'oneOf',
  'allOf',
  'not',
  'readOnly',
  'writeOnly',
  'uniqueItems',
]

/** Complaints about a schema, each with the path of the field; none when it is sound. */
export const lint = (schema: unknown, at: string): string[] => {
  const node = schema as Node
  return [...structural(node, at), ...house(node, at), ...children(node).flatMap(([key, child]) => lint(child, `${at}${key}`))]
}

const children = (node: Node): [string, Node][] => [
  ...Object.entries(node.properties ?? {}).map(([key, child]): [string, Node] => [`.${key}`, child]),
  ...(node.items ? [['[]', node.items] as [string, Node]] : []),
  ...(typeof node.additionalProperties === 'object' ? [['{}', node.additionalProperties] as [string, Node]] : []),
]

const structural = (node: Node, at: string): string[] => [
  ...(node.type || node['x-kubernetes-preserve-unknown-fields'] ? [] : [`${at}: has no type`]),
  ...NOT_STRUCTURAL.filter(key => key in node).map(key => `${at}: ${key} is not structural`),
  ...(node.additionalProperties === false ? [`${at}: additionalProperties may not be false`] : []),
  ...(node.properties && node.additionalProperties ? [`${at}: properties excludes additionalProperties`] : []),
]

const house = (node: Node, at: string): string[] => [
  ...(node.description?.endsWith('.') ? [] : [`${at}: has no description that ends in a full stop`]),
  ...(node.type === 'string' && !node.enum && node.maxLength === undefined ? [`${at}: text without maxLength`] : []),
  ...(node.type === 'array' && node.maxItems === undefined ? [`${at}: list without maxItems`] : []),
  ...(node.type === 'array' && !node['x-kubernetes-list-type'] ? [`${at}: list without list-type`] : []),
  ...(node['x-kubernetes-list-type'] === 'atomic' ? defaultsIn(node.items ?? {}, `${at}[]`) : []),
  ...(node.additionalProperties && node.maxProperties === undefined ? [`${at}: map without maxProperties`] : []),
  ...(node.required ?? [])
    .filter(key => node.properties?.[key]?.default !== undefined)
    .map(key => `${at}.${key}: a field with a default cannot be required`),
]

/** A tool that applies on the server's side owns an atomic list as a whole: what the API server adds there is a difference for ever. */
const defaultsIn = (node: Node, at: string): string[] => [
  ...(node.default === undefined ? [] : [`${at}: a default inside of an atomic list`]),
  ...children(node).flatMap(([key, child]) => defaultsIn(child, `${at}${key}`)),
]
