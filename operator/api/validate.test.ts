import { Ajv, type AnySchema } from 'ajv'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DataReport, Metric, Progress, Summary } from './bundle.ts'
import { choice, count, listOf, mapOf, number, object, optional, type Schema, scalar, text, timestamp } from './schema.ts'
import { validate } from './validate.ts'

const complaintsOf = (schema: Schema<unknown>, value: unknown): string[] => {
  const checked = validate(schema, value)
  return 'complaints' in checked ? checked.complaints : []
}

const Fruit = object('A fruit.', {
  name: text('Name.', { minLength: 2, maxLength: 8, pattern: '^[a-z]+$' }),
  colour: choice('Colour.', ['red', 'green']),
  seeds: optional(count('Seeds.', { minimum: 0, maximum: 10 })),
  sugar: optional(number('Share.', { minimum: 0, exclusiveMinimum: true, maximum: 1, exclusiveMaximum: true })),
  tags: optional(listOf('Tags.', object('Tag.', { name: text('Name.') }), { maxItems: 2, minItems: 1, key: 'name' })),
  notes: optional(mapOf('Notes.', scalar('Note.'), { maxProperties: 2 })),
  picked: optional(timestamp('When.')),
  basket: text('Basket.', { default: 'blue' }),
})
const apple = { name: 'apple', colour: 'red' }

describe('a value that has the shape', () => {
  it('comes back as a copy with defaults and without unknown fields', () => {
    const given = { ...apple, seeds: 3, wormy: true }
    expect(validate(Fruit, given)).toEqual({ value: { ...apple, seeds: 3, basket: 'blue' } })
    expect(given).toHaveProperty('wormy')
  })

  it('keeps scalars of every kind in a map', () => {
    expect(complaintsOf(Fruit, { ...apple, notes: { a: null, b: 'x' } })).toEqual([])
  })
})

describe('a value that has not the shape', () => {
  it.each([
    [null, 'the value is null: use an object'],
    [[], 'the value is a list: use an object'],
    [{ colour: 'red' }, 'name is missing'],
    [{ ...apple, name: 7 }, 'name is 7: use a text'],
    [{ ...apple, name: 'a' }, 'name has 1 characters: at least 2'],
    [{ ...apple, name: 'pomegranate' }, 'name has 11 characters: at most 8'],
    [{ ...apple, name: 'A1' }, 'name is "A1": it must match ^[a-z]+$'],
    [{ ...apple, colour: 'blue' }, 'colour is "blue": use one of red, green'],
    [{ ...apple, seeds: 11 }, 'seeds is 11: at most 10'],
    [{ ...apple, seeds: 1.5 }, 'seeds is 1.5: use a whole number'],
    [{ ...apple, seeds: '1' }, 'seeds is "1": use a number'],
    [{ ...apple, seeds: Number.NaN }, 'seeds is null: use a number'],
    [{ ...apple, sugar: 0 }, 'sugar is 0: more than 0'],
    [{ ...apple, sugar: 1 }, 'sugar is 1: less than 1'],
    [{ ...apple, tags: [] }, 'tags has 0 items: at least 1'],
    [{ ...apple, tags: [{}] }, 'tags[0].name is missing'],
    [{ ...apple, tags: [{ name: 'x' }, { name: 'x' }] }, 'tags names ["x"] twice'],
    [{ ...apple, tags: { length: 1 } }, 'tags is an object: use a list'],
    [{ ...apple, notes: { a: 1, b: 2, c: 3 } }, 'notes has 3 entries: at most 2'],
    [{ ...apple, notes: { a: [] } }, 'notes["a"] is a list or an object: use a number, a text, true, false or null'],
    [{ ...apple, picked: 'yesterday' }, 'picked is "yesterday": use a time such as 2026-01-31T12:00:00Z'],
  ])('%j is complained about', (value, complaint) => {
    expect(complaintsOf(Fruit, value)).toEqual([complaint])
  })

  it('is refused when a count does not fit its integer', () => {
    const big = object('Big.', { n: count('Number.') })
    expect(complaintsOf(big, { n: 2 ** 31 })).toHaveLength(1)
    expect(complaintsOf(big, { n: -(2 ** 31) })).toEqual([])
  })

  it('yields few complaints however wrong it is', () => {
    const many = listOf('Many.', text('One.'), { maxItems: 1000 })
    expect(complaintsOf(many, Array(1000).fill(1))).toHaveLength(10)
  })
})

describe('a hostile value', () => {
  it('cannot reach the prototype of anything', () => {
    const checked = validate(
      Fruit,
      JSON.parse('{"name":"apple","colour":"red","__proto__":{"x":1},"notes":{"__proto__":1,"constructor":2}}'),
    )
    expect(checked).toHaveProperty('value')
    expect(({} as { x?: unknown }).x).toBeUndefined()
    const inherited = Object.create({ name: 'apple', colour: 'red' })
    expect(complaintsOf(Fruit, inherited)).toContain('name is missing')
  })

  it('is judged as another validator judges it', () => {
    const ajv = new Ajv({
      strict: false,
      useDefaults: true,
      formats: { int32: true, int64: true, 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ },
    })
    for (const schema of [Progress, Metric, DataReport, Summary]) {
      const judge = ajv.compile(openApi30(schema) as AnySchema)
      fc.assert(
        fc.property(likely(schema), value => {
          const theirs = judge(structuredClone(value))
          expect(complaintsOf(schema, value).length === 0, JSON.stringify(value)).toBe(theirs)
        }),
        { numRuns: 300 },
      )
    }
  })
})

/** Exclusive bounds are flags in Kubernetes' dialect and numbers in JSON Schema. */
const openApi30 = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema), (_key, node) =>
    node?.exclusiveMinimum === true ? { ...node, exclusiveMinimum: node.minimum, minimum: undefined } : node,
  )

interface Node {
  type?: string
  properties?: Record<string, Node>
  items?: Node
  enum?: unknown[]
  minimum?: number
  maximum?: number
}

/** Values that are often right and sometimes wrong, field by field. */
const likely = (schema: unknown): fc.Arbitrary<unknown> => {
  const node = schema as Node
  const junk = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer({ min: -5, max: 5 }),
    fc.string({ maxLength: 5 }),
    fc.constant([]),
    fc.constant({}),
  )
  return fc.oneof({ weight: 40, arbitrary: right(node) }, { weight: 1, arbitrary: junk })
}

const right = (node: Node): fc.Arbitrary<unknown> => {
  if (node.enum) return fc.constantFrom(...node.enum)
  if (node.properties)
    return fc.record(Object.fromEntries(Object.entries(node.properties).map(([k, child]) => [k, likely(child)])), {
      requiredKeys: fc.sample(fc.subarray(Object.keys(node.properties)), 1)[0] ?? [],
    })
  if (node.items) return fc.uniqueArray(likely(node.items), { maxLength: 3, selector: item => (item as { name?: string } | null)?.name })
  if (node.type === 'integer') return fc.integer({ min: node.minimum ?? 0, max: node.maximum ?? 1000 })
  if (node.type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (node.type === 'boolean') return fc.boolean()
  return fc.oneof(fc.string({ maxLength: 20 }), fc.constant('2026-01-31T12:00:00Z'), fc.constant(`sha256:${'a'.repeat(64)}`))
}
