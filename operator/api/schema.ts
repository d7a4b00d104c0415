// The vocabulary of the one definition: each word returns plain structural JSON Schema plus a type that exists at compile time only.
declare const VALUE: unique symbol
declare const ABSENT: unique symbol

/** A CEL rule and the sentence a person reads when it does not hold. */
export interface Rule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
}

export type Schema<Value> = Readonly<Record<string, unknown>> & { readonly [VALUE]?: Value }
export type Optional<Value> = Schema<Value> & { readonly [ABSENT]?: true }
export type Infer<S> = S extends Schema<infer V> ? V : never

type Show<X> = { [K in keyof X]: X[K] } & {}
// biome-ignore lint/suspicious/noExplicitAny: a shape holds schemas of any value; the value's type is recovered by Infer
export type Shape = Record<string, Schema<any>>
type OptionalKeys<P> = { [K in keyof P]: typeof ABSENT extends keyof P[K] ? K : never }[keyof P]
export type ObjectOf<P extends Shape> = Show<
  { [K in Exclude<keyof P, OptionalKeys<P>>]: Infer<P[K]> } & { [K in OptionalKeys<P>]?: Infer<P[K]> }
>

const absent = new WeakSet<object>()

export const rule = (expression: string, message: string): Rule => ({ rule: expression, message })

/** Exactly one of the named optional members is set. */
export const exactlyOne = (...members: string[]): Rule =>
  rule(`[${members.map(m => `has(self.${m})`).join(', ')}].filter(set, set).size() == 1`, `set exactly one of: ${members.join(', ')}`)

interface TextOptions {
  minLength?: number
  maxLength?: number
  pattern?: string
  default?: string
}
export const text = (description: string, o: TextOptions = {}): Schema<string> => ({ type: 'string', description, maxLength: 253, ...o })

interface NumberOptions {
  minimum?: number
  maximum?: number
  exclusiveMinimum?: true
  exclusiveMaximum?: true
  default?: number
}
export const count = (description: string, o: NumberOptions = {}): Schema<number> => ({
  type: 'integer',
  format: 'int32',
  description,
  ...o,
})
export const bigCount = (description: string, o: NumberOptions = {}): Schema<number> => ({
  type: 'integer',
  format: 'int64',
  description,
  ...o,
})
export const number = (description: string, o: NumberOptions = {}): Schema<number> => ({ type: 'number', description, ...o })
export const flag = (description: string, o: { default?: boolean } = {}): Schema<boolean> => ({ type: 'boolean', description, ...o })
export const timestamp = (description: string): Schema<string> => ({ type: 'string', format: 'date-time', description, maxLength: 40 })

export const choice = <const V extends readonly [string, ...string[]]>(
  description: string,
  values: V,
  o: { default?: V[number] } = {},
): Schema<V[number]> => ({ type: 'string', description, enum: values, ...o })

export const mapOf = <V>(description: string, value: Schema<V>, o: { maxProperties: number }): Schema<Record<string, V>> => ({
  type: 'object',
  description,
  additionalProperties: value,
  ...o,
})

export const listOf = <V>(
  description: string,
  items: Schema<V>,
  o: { maxItems: number; minItems?: number; key?: string & keyof V; set?: true },
): Schema<V[]> => {
  const { key, set, ...bounds } = o
  const kind = key
    ? { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }
    : { 'x-kubernetes-list-type': set ? 'set' : 'atomic' }
  return { type: 'array', description, ...bounds, items, ...kind }
}

/** A scalar of any type: the operator checks it against a table, because a CRD schema cannot say "number, text or true". */
export const scalar = (description: string): Schema<Scalar> => ({ description, 'x-kubernetes-preserve-unknown-fields': true })
export type Scalar = string | number | boolean | null

/** `optional` is always the outermost word: the object around it reads absence from this very value. */
export const optional = <V>(schema: Schema<V>): Optional<V> => {
  const copy = { ...schema }
  absent.add(copy)
  return copy as Optional<V>
}

export const object = <P extends Shape>(description: string, properties: P, ...rules: Rule[]): Schema<ObjectOf<P>> => {
  const required = Object.keys(properties).filter(k => !absent.has(properties[k] as object) && properties[k]?.['default'] === undefined)
  return {
    type: 'object',
    description,
    properties,
    ...(required.length > 0 && { required }),
    ...(rules.length > 0 && { 'x-kubernetes-validations': rules }),
  }
}

/** An object that is there even when nobody wrote it; its default is spelled out, because rules are checked against it as it stands. */
export const defaulted = <V>(schema: Schema<V>): Schema<V> => ({ ...schema, default: defaultsOf(schema) })

const defaultsOf = (schema: Schema<unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries((schema['properties'] ?? {}) as Shape)
      .map(([key, child]): [string, unknown] => [key, child['default']])
      .filter(([, value]) => value !== undefined),
  )

/** Beside those that it has. */
export const withRules = <V>(schema: Schema<V>, ...rules: Rule[]): Schema<V> => ({
  ...schema,
  'x-kubernetes-validations': [...((schema['x-kubernetes-validations'] ?? []) as Rule[]), ...rules],
})
export const immutable = <V>(schema: Schema<V>, message: string): Schema<V> => withRules(schema, rule('self == oldSelf', message))
