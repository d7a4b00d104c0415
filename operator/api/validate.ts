// Decides whether a foreign value has the shape of one of our schemas: a copy holding only what the schema names, or complaints.
import type { Infer, Schema } from './schema.ts'

export type Checked<Value> = { value: Value } | { complaints: string[] }

interface Node {
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  format?: string
  properties?: Record<string, Node>
  required?: string[]
  additionalProperties?: Node
  items?: Node
  enum?: unknown[]
  default?: unknown
  pattern?: string
  minimum?: number
  maximum?: number
  exclusiveMinimum?: true
  exclusiveMaximum?: true
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  maxProperties?: number
  'x-kubernetes-list-map-keys'?: string[]
}

/** Where the walk is, and what it found so far; a hostile value cannot make it find more than a few. */
interface Walk {
  at: string
  complaints: string[]
}

const mostComplaints = 10

/** Unknown fields are tolerated and dropped, absent fields with a default get it; the value itself is never touched. */
export const validate = <S extends Schema<unknown>>(schema: S, value: unknown): Checked<Infer<S>> => {
  const complaints: string[] = []
  const copy = walk(schema as Node, value, { at: '', complaints })
  return complaints.length > 0 ? { complaints } : { value: copy as Infer<S> }
}

const complain = ({ at, complaints }: Walk, problem: string): undefined => {
  if (complaints.length < mostComplaints) complaints.push(`${at || 'the value'} ${problem}`)
  return undefined
}

const walk = (node: Node, value: unknown, here: Walk): unknown => {
  switch (node.type) {
    case 'object':
      return object(node, value, here)
    case 'array':
      return list(node, value, here)
    case 'string':
      return text(node, value, here)
    case 'integer':
    case 'number':
      return number(node, value, here)
    case 'boolean':
      return typeof value === 'boolean' ? value : complain(here, `is ${shown(value)}: use true or false`)
    case undefined:
      return isScalar(value) ? value : complain(here, 'is a list or an object: use a number, a text, true, false or null')
  }
}

const isScalar = (value: unknown): boolean => value === null || ['string', 'number', 'boolean'].includes(typeof value)

const object = (node: Node, value: unknown, here: Walk): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return complain(here, `is ${shown(value)}: use an object`)
  return node.additionalProperties ? map(node, value, here) : fields(node, value as Record<string, unknown>, here)
}

const fields = (node: Node, value: Record<string, unknown>, here: Walk): unknown => {
  const copy: [string, unknown][] = []
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    const there = { ...here, at: here.at ? `${here.at}.${name}` : name }
    const given = Object.hasOwn(value, name) ? value[name] : structuredClone(child.default)
    if (given !== undefined) copy.push([name, walk(child, given, there)])
    else if (node.required?.includes(name)) complain(there, 'is missing')
  }
  return Object.fromEntries(copy)
}

const map = (node: Node, value: object, here: Walk): unknown => {
  const entries = Object.entries(value)
  if (entries.length > (node.maxProperties ?? Number.POSITIVE_INFINITY))
    return complain(here, `has ${entries.length} entries: at most ${node.maxProperties}`)
  // fromEntries defines own properties, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    entries.map(([key, item]) => [key, walk(node.additionalProperties as Node, item, { ...here, at: `${here.at}[${shown(key)}]` })]),
  )
}

const list = (node: Node, value: unknown, here: Walk): unknown => {
  if (!Array.isArray(value)) return complain(here, `is ${shown(value)}: use a list`)
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY } = node
  if (value.length < minItems) return complain(here, `has ${value.length} items: at least ${minItems}`)
  if (value.length > maxItems) return complain(here, `has ${value.length} items: at most ${maxItems}`)
  const copy = value.map((item, i) => walk(node.items as Node, item, { ...here, at: `${here.at}[${i}]` }))
  const twice = repeated(node, copy)
  return twice === undefined ? copy : complain(here, `names ${twice} twice`)
}

/** The API server refuses a list whose key repeats, so one hostile pod could otherwise stop every write of a status. */
const repeated = (node: Node, items: unknown[]): string | undefined => {
  const keys = node['x-kubernetes-list-map-keys']
  if (!keys) return undefined
  const named = items.map(item => JSON.stringify(keys.map(key => (item as Record<string, unknown> | undefined)?.[key])))
  return named.find((name, i) => named.indexOf(name) !== i)
}

const text = (node: Node, value: unknown, here: Walk): unknown => {
  if (typeof value !== 'string') return complain(here, `is ${shown(value)}: use a text`)
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern } = node
  if (node.enum && !node.enum.includes(value)) return complain(here, `is ${shown(value)}: use one of ${node.enum.join(', ')}`)
  if (value.length < minLength) return complain(here, `has ${value.length} characters: at least ${minLength}`)
  if (value.length > maxLength) return complain(here, `has ${value.length} characters: at most ${maxLength}`)
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return complain(here, `is ${shown(value)}: it must match ${pattern}`)
  if (node.format === 'date-time' && !isTime(value)) return complain(here, `is ${shown(value)}: use a time such as 2026-01-31T12:00:00Z`)
  return value
}

const isTime = (value: string): boolean =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value) && !Number.isNaN(Date.parse(value))

const number = (node: Node, value: unknown, here: Walk): unknown => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return complain(here, `is ${shown(value)}: use a number`)
  if (node.type === 'integer' && !isWhole(node, value)) return complain(here, `is ${value}: use a whole number`)
  const bound = tooSmall(node, value) ?? tooLarge(node, value)
  return bound === undefined ? value : complain(here, `is ${value}: ${bound}`)
}

const tooSmall = ({ minimum = Number.NEGATIVE_INFINITY, exclusiveMinimum }: Node, value: number): string | undefined => {
  if (exclusiveMinimum) return value <= minimum ? `more than ${minimum}` : undefined
  return value < minimum ? `at least ${minimum}` : undefined
}

const tooLarge = ({ maximum = Number.POSITIVE_INFINITY, exclusiveMaximum }: Node, value: number): string | undefined => {
  if (exclusiveMaximum) return value >= maximum ? `less than ${maximum}` : undefined
  return value > maximum ? `at most ${maximum}` : undefined
}

const isWhole = (node: Node, value: number): boolean => Number.isSafeInteger(value) && (node.format !== 'int32' || (value | 0) === value)

const shown = (value: unknown): string => {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  const written = JSON.stringify(value) ?? 'nothing'
  return written.length > 60 ? `${written.slice(0, 60)}…` : written
}

/** The same for a text that should be JSON; longer texts are not even parsed. */
export const validateJson = <S extends Schema<unknown>>(schema: S, written: string, mostCharacters: number): Checked<Infer<S>> => {
  if (written.length > mostCharacters) return { complaints: [`the text has ${written.length} characters: at most ${mostCharacters}`] }
  try {
    return validate(schema, JSON.parse(written))
  } catch {
    return { complaints: ['the text is not JSON'] }
  }
}
