import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { KubeObject } from './shape.ts'
import { type Change, Store } from './store.ts'
import { compareVersions } from './versions.ts'

const object = (name: string, uid: string, version: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', uid, resourceVersion: String(version) },
})

const withMetadata = (one: KubeObject, rest: Partial<KubeObject['metadata']>): KubeObject => ({
  ...one,
  metadata: { ...one.metadata, ...rest },
})

const told = (store: Store): string[] => {
  const lines: string[] = []
  const name = (one?: KubeObject) => (one ? `${one.metadata.uid}@${one.metadata.resourceVersion}` : '-')
  store.subscribe(({ old, now }: Change) => lines.push(`${name(old)} > ${name(now)}`))
  return lines
}

describe('versions', () => {
  test('compare as integers of any length', () => {
    expect(compareVersions('9', '10')).toBeLessThan(0)
    expect(compareVersions('18446744073709551616', '18446744073709551615')).toBeGreaterThan(0)
    expect(compareVersions('7', '7')).toBe(0)
  })

  test('that are no integers count as newer', () => {
    expect(compareVersions('abc', '10')).toBeGreaterThan(0)
    expect(compareVersions('10', undefined)).toBeGreaterThan(0)
  })
})

describe('a store', () => {
  test('never lets an older version overwrite a newer one', () => {
    const store = new Store()
    const lines = told(store)
    store.upsert(object('a', 'u', 9))
    store.upsert(object('a', 'u', 3))
    store.upsert(object('a', 'u', 9))
    expect(store.get('n/a')?.metadata.resourceVersion).toBe('9')
    expect(lines).toEqual(['- > u@9'])
  })

  test('takes the same name with another uid as a deletion and an addition', () => {
    const store = new Store()
    store.upsert(object('a', 'old', 1))
    const lines = told(store)
    store.upsert(object('a', 'new', 5))
    expect(lines.slice(1)).toEqual(['old@1 > -', '- > new@5'])
  })

  test('keeps a newer namesake when the deletion of the old one comes late', () => {
    const store = new Store()
    store.upsert(object('a', 'new', 9))
    store.delete(object('a', 'old', 5))
    expect(store.get('n/a')?.metadata.uid).toBe('new')
  })

  test('tells of a complete list only what changed', () => {
    const store = new Store()
    store.replace([object('a', 'a', 1), object('b', 'b', 2)], '2')
    const lines = told(store)
    store.replace([object('a', 'a', 1), object('c', 'c', 7)], '8')
    expect(lines.slice(2)).toEqual(['- > c@7', 'b@2 > -'])
    expect(store.resourceVersion).toBe('8')
  })

  test('finds by owner, by namespace and by a declared index, and forgets what moved', () => {
    const store = new Store()
    store.addIndex('model', one => [one.metadata.labels?.['model'] ?? ''])
    const owner = { apiVersion: 'v1', kind: 'X', name: 'x', uid: 'owner', controller: true }
    store.upsert(withMetadata(object('a', 'a', 1), { labels: { model: 'iris' }, ownerReferences: [owner] }))
    expect(store.by('owner', 'owner')).toHaveLength(1)
    expect(store.by('model', 'iris')).toHaveLength(1)
    expect(store.list('n')).toHaveLength(1)
    store.upsert(withMetadata(object('a', 'a', 2), { labels: { model: 'churn' } }))
    expect(store.by('owner', 'owner')).toEqual([])
    expect(store.by('model', 'iris')).toEqual([])
    expect(store.by('model', 'churn')).toHaveLength(1)
    expect(() => store.by('colour', 'red')).toThrow('no index colour: declared are namespace, owner, model')
  })

  test('goes on when an index or a listener does not understand an object', () => {
    const errors: unknown[] = []
    const store = new Store({ onError: error => errors.push(error) })
    store.addIndex('odd', one => (one.metadata.annotations as unknown as { x: string }).x.split('/'))
    store.subscribe(() => {
      throw new Error('listener')
    })
    const lines = told(store)
    store.upsert(object('a', 'a', 1))
    expect(lines).toEqual(['- > a@1'])
    expect(errors).toHaveLength(2)
  })
})

describe('our own writes', () => {
  test('are seen at once', () => {
    const store = new Store()
    store.replace([], '10')
    store.learn(object('a', 'a', 11))
    expect(store.get('n/a')).toBeDefined()
  })

  test('survive a list that was read before them', () => {
    const store = new Store()
    store.replace([], '10')
    store.learn(object('a', 'a', 12))
    store.replace([], '11')
    expect(store.get('n/a')).toBeDefined()
    store.replace([], '13')
    expect(store.get('n/a')).toBeUndefined()
  })

  test('do not raise what the watch has already seen deleted', () => {
    const store = new Store()
    store.replace([], '10')
    store.upsert(object('a', 'a', 11))
    store.delete(object('a', 'a', 12))
    store.learn(object('a', 'a', 11))
    expect(store.get('n/a')).toBeUndefined()
  })

  test('that delete hide the object, even from late news of it, but not its successor', () => {
    const store = new Store()
    const a = object('a', 'a', 11)
    store.upsert(a)
    store.unlearn(a)
    store.upsert(object('a', 'a', 12))
    expect(store.get('n/a')).toBeUndefined()
    store.upsert(object('a', 'b', 14))
    expect(store.get('n/a')?.metadata.uid).toBe('b')
  })
})

describe('an answer older than what we know', () => {
  test('does not raise what we deleted, nor stand for a complete list', () => {
    const store = new Store()
    const a = object('a', 'a', 10)
    store.replace([a], '10')
    store.unlearn(a)
    store.replace([a], '10')
    expect(store.get('n/a')).toBeUndefined()
    store.replace([object('a', 'b', 12)], '12')
    expect(store.get('n/a')?.metadata.uid).toBe('b')
  })

  test('is known as such by the newest version that we saw or wrote', () => {
    const store = new Store()
    expect(store.newest).toBeUndefined()
    store.replace([], '10')
    store.learn(object('a', 'a', 15))
    expect([store.newest, store.resourceVersion]).toEqual(['15', '10'])
    store.advance('20')
    expect(store.newest).toBe('20')
  })
})

/** What a server could say: a history of one namespace's objects, each change with the next version. */
const history = fc
  .array(fc.record({ name: fc.constantFrom('a', 'b', 'c'), delete: fc.boolean() }), { minLength: 1, maxLength: 30 })
  .map(steps => {
    const live = new Map<string, string>()
    return steps.map(({ name, delete: gone }, at) => {
      const version = at + 1
      const uid = live.get(name) ?? `${name}${version}`
      if (gone && live.has(name)) {
        live.delete(name)
        return { type: 'DELETED' as const, object: object(name, uid, version) }
      }
      live.set(name, uid)
      return { type: 'MODIFIED' as const, object: object(name, uid, version) }
    })
  })

const tell = (store: Store, { type, object: one }: { type: string; object: KubeObject }): void => {
  if (type === 'DELETED') store.delete(one)
  else store.upsert(one)
}

const finalOf = (events: { type: string; object: KubeObject }[]) => {
  const end = new Map<string, string>()
  for (const { type, object: one } of events) {
    if (type === 'DELETED') end.delete(one.metadata.name)
    else end.set(one.metadata.name, `${one.metadata.uid}@${one.metadata.resourceVersion}`)
  }
  return Object.fromEntries(end)
}

const heldBy = (store: Store) =>
  Object.fromEntries(store.list().map(one => [one.metadata.name, `${one.metadata.uid}@${one.metadata.resourceVersion}`]))

describe('any history', () => {
  test('ends in the same state, whatever of it is told again and whichever of our own writes we learn early or late', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat(29)), fc.array(fc.nat(29)), (events, repeats, writes) => {
        const store = new Store()
        store.replace([], '0')
        for (const [at, event] of events.entries()) {
          if (writes.includes(at) && event.type === 'MODIFIED') store.learn(structuredClone(event.object))
          tell(store, event)
          const again = repeats.includes(at) ? events[Math.floor(at / 2)] : undefined
          if (again?.type === 'MODIFIED') store.learn(structuredClone(again.object))
          if (again) for (const old of events.slice(Math.floor(at / 2), at)) tell(store, structuredClone(old))
        }
        expect(heldBy(store)).toEqual(finalOf(events))
      }),
      { numRuns: 500 },
    )
  })

  test('told as changes is enough to know the state', () => {
    fc.assert(
      fc.property(history, events => {
        const store = new Store()
        const mirror = new Map<string, string>()
        store.subscribe(({ old, now }) => {
          if (old) expect(mirror.get(old.metadata.name)).toBe(`${old.metadata.uid}@${old.metadata.resourceVersion}`)
          if (now) mirror.set(now.metadata.name, `${now.metadata.uid}@${now.metadata.resourceVersion}`)
          else if (old) mirror.delete(old.metadata.name)
        })
        for (const event of events) tell(store, event)
        expect(Object.fromEntries(mirror)).toEqual(heldBy(store))
      }),
    )
  })
})
