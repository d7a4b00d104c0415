import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { driftOf } from './drift.ts'
import type { Fields } from './fields.ts'
import type { KubeObject } from './shape.ts'

/** Objects of maps and lists keyed by name, as most of Kubernetes is; values that are never left out. */
const name = fc.constantFrom('a', 'b', 'c', 'd')
const scalar = fc.oneof(fc.string({ minLength: 1 }), fc.integer({ min: 1 }), fc.constant(true))
const { tree } = fc.letrec<{ tree: unknown }>(tie => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.dictionary(name, tie('tree'), { minKeys: 1, maxKeys: 4 }),
    fc
      .uniqueArray(name, { minLength: 1, maxLength: 3 })
      .chain(names => fc.tuple(...names.map(one => tie('tree').map(inner => ({ name: one, inner }))))),
  ),
}))
const wanted = fc
  .dictionary(name, tree, { minKeys: 1 })
  .map((spec): KubeObject => ({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, spec }))

type Path = (string | number)[]

/** The field paths that a writer of the whole value owns. */
const fieldsOf = (value: unknown): Fields => {
  if (Array.isArray(value)) {
    return {
      '.': {},
      ...Object.fromEntries(value.map(item => [`k:${JSON.stringify({ name: (item as { name: string }).name })}`, fieldsOf(item)])),
    }
  }
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [`f:${key}`, fieldsOf(item)]))
}

const leaves = (value: unknown, path: Path = []): Path[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, Array.isArray(value) ? Number(key) : key]))
    : [path]

const written = (path: Path): string => path.map(step => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')

const stepsOf = (value: unknown, path: Path): string[] => {
  let at = value
  return path.map(step => {
    const item = (at as Record<string | number, unknown>)[step]
    at = item
    return typeof step === 'number' ? `k:${JSON.stringify({ name: (item as { name: string }).name })}` : `f:${step}`
  })
}

const remove = (fields: Fields, steps: string[]): void => {
  const [step, ...rest] = steps
  const child = step === undefined ? undefined : fields[step]
  if (step === undefined || !child) return
  if (rest.length === 0) delete fields[step]
  else remove(child, rest)
}

const nested = (steps: string[]): Fields => steps.reduceRight<Fields>((inner, step) => ({ [step]: inner }), {})

const live = (object: KubeObject, ours: Fields, theirs?: Fields): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: [
      { manager: 'us', operation: 'Apply', fieldsV1: ours },
      ...(theirs ? [{ manager: 'them', operation: 'Update', fieldsV1: theirs }] : []),
    ],
  },
})

const ownedBy = (object: KubeObject): Fields => ({ 'f:spec': fieldsOf(object['spec']) })
const leavesOf = (object: KubeObject): Path[] => leaves(object['spec'], ['spec']).filter(path => path.at(-1) !== 'name')

describe('any object', () => {
  test('has not drifted while all of it is ours', () => {
    fc.assert(fc.property(wanted, object => driftOf(object, live(object, ownedBy(object)), 'us').length === 0))
  })

  test('has not drifted when another writer agrees with any part of it', () => {
    fc.assert(fc.property(wanted, object => driftOf(object, live(object, ownedBy(object), ownedBy(object)), 'us').length === 0))
  })

  test('has drifted in exactly the leaf that another writer took', () => {
    fc.assert(
      fc.property(wanted, fc.nat(), (object, pick) => {
        const all = leavesOf(object)
        fc.pre(all.length > 0)
        const path = all[pick % all.length] as Path
        const steps = stepsOf(object, path)
        const ours = ownedBy(object)
        remove(ours, steps)
        expect(driftOf(object, live(object, ours, nested(steps)), 'us')).toEqual([written(path)])
      }),
      { numRuns: 300 },
    )
  })

  test('has drifted in exactly the leaf that was removed', () => {
    fc.assert(
      fc.property(wanted, fc.nat(), (object, pick) => {
        const all = leavesOf(object)
        fc.pre(all.length > 0)
        const path = all[pick % all.length] as Path
        const ours = ownedBy(object)
        remove(ours, stepsOf(object, path))
        const without = structuredClone(object)
        const parent = path.slice(0, -1).reduce<unknown>((node, step) => (node as Record<string | number, unknown>)[step], without)
        delete (parent as Record<string | number, unknown>)[path.at(-1) as string]
        expect(driftOf(object, live(without, ours), 'us')).toEqual([written(path)])
      }),
      { numRuns: 300 },
    )
  })
})
