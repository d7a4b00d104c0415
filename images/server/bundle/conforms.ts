// Says how a value breaks a schema of the one definition, or nothing: a walk, because compiling a validator would delay every start.

interface Node {
  type?: string
  enum?: readonly unknown[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  minItems?: number
  maxItems?: number
  maxProperties?: number
  items?: Node
  properties?: Record<string, Node>
  additionalProperties?: Node
  required?: readonly string[]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const number = (node: Node, value: unknown) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number'
  if (node.type === 'integer' && !Number.isSafeInteger(value)) return 'must be a whole number'
  if (node.minimum !== undefined && value < node.minimum) return `must be at least ${node.minimum}; got ${value}`
  if (node.maximum !== undefined && value > node.maximum) return `must be at most ${node.maximum}; got ${value}`
  return undefined
}

const text = (node: Node, value: unknown) => {
  if (typeof value !== 'string') return 'must be text'
  if (node.enum && !node.enum.includes(value)) return `must be one of ${node.enum.join(', ')}`
  if (value.length < (node.minLength ?? 0)) return `must have at least ${node.minLength} characters`
  if (value.length > (node.maxLength ?? Number.POSITIVE_INFINITY)) return `must have at most ${node.maxLength} characters`
  if (node.pattern && !new RegExp(node.pattern, 'u').test(value)) return `must match ${node.pattern}`
  return undefined
}

const scalar = (value: unknown) =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value) ? undefined : 'must be a number, text, true, false or null'

const list = (node: Node, value: unknown, at: string) => {
  if (!Array.isArray(value)) return `${at} must be a list`
  if (value.length < (node.minItems ?? 0)) return `${at} must have at least ${node.minItems} items`
  if (value.length > (node.maxItems ?? Number.POSITIVE_INFINITY)) return `${at} must have at most ${node.maxItems} items`
  for (const [index, item] of value.entries()) {
    const wrong = node.items && conforms(node.items, item, `${at}[${index}]`)
    if (wrong) return wrong
  }
  return undefined
}

const member = (node: Node, key: string) =>
  node.properties && Object.hasOwn(node.properties, key) ? node.properties[key] : node.additionalProperties

const record = (node: Node, value: unknown, at: string) => {
  if (!isRecord(value)) return `${at} must be an object`
  const missing = node.required?.find(key => !Object.hasOwn(value, key))
  if (missing !== undefined) return `${at}.${missing} is missing`
  const keys = Object.keys(value)
  if (keys.length > (node.maxProperties ?? Number.POSITIVE_INFINITY)) return `${at} must have at most ${node.maxProperties} members`
  for (const key of keys) {
    const schema = member(node, key)
    const wrong = schema && conforms(schema, value[key], `${at}.${key}`)
    if (wrong) return wrong
  }
  return undefined
}

/** The first thing that is wrong, as a sentence that begins with where; members that the schema does not name are left alone. */
export const conforms = (schema: object, value: unknown, at: string): string | undefined => {
  const node = schema as Node
  if (node.type === 'object') return record(node, value, at)
  if (node.type === 'array') return list(node, value, at)
  const wrong = scalarProblem(node, value)
  return wrong === undefined ? undefined : `${at} ${wrong}`
}

const scalarProblem = (node: Node, value: unknown) => {
  if (node.type === 'number' || node.type === 'integer') return number(node, value)
  if (node.type === 'string') return text(node, value)
  if (node.type === 'boolean') return typeof value === 'boolean' ? undefined : 'must be true or false'
  return scalar(value)
}
