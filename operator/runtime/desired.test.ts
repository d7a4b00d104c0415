import { describe, expect, test } from 'vitest'
import { desired } from './desired.ts'
import type { KubeObject } from './shape.ts'

const owner: KubeObject = { apiVersion: 'x/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'n', uid: 'u' } }
const child = (rest: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', namespace: 'n' },
  data: { a: '1' },
  ...rest,
})
const options = { owner, appliedAnnotation: 'x/applied' }

describe('a desired child', () => {
  test('is owned by the primary object and carries the digest of itself', () => {
    const { object, digest } = desired({ object: child() }, options)
    expect(object.metadata.annotations).toEqual({ 'x/applied': digest })
    expect(object.metadata.ownerReferences).toMatchObject([{ kind: 'Widget', name: 'w', uid: 'u', controller: true }])
  })

  test('has the same digest whatever the order of its keys, and another one when its content or its owner differs', () => {
    const digest = (object: KubeObject, by = owner) => desired({ object }, { ...options, owner: by }).digest
    const turned = { data: { a: '1' }, metadata: { namespace: 'n', name: 'a' }, kind: 'ConfigMap', apiVersion: 'v1', extra: undefined }
    expect(digest(turned)).toBe(digest(child()))
    expect(digest(child({ data: { a: '2' } }))).not.toBe(digest(child()))
    expect(digest(child(), { ...owner, metadata: { ...owner.metadata, uid: 'other' } })).not.toBe(digest(child()))
  })

  test('claims nothing that only the API server writes, even when it was built from a live object', () => {
    const live = child({ status: { x: 1 } })
    live.metadata = { ...live.metadata, uid: 'x', resourceVersion: '1', generation: 2, creationTimestamp: 'now', managedFields: [] }
    expect(desired({ object: live }, options)).toEqual(desired({ object: child() }, options))
  })

  test('that is made once or kept has no owner and no mark', () => {
    for (const mode of ['create', 'keep'] as const) expect(desired({ object: child(), mode }, options).object).toEqual(child())
  })

  test('cannot be owned across namespaces, where the garbage collector would delete it, nor by nobody', () => {
    const elsewhere = child({ metadata: { name: 'a', namespace: 'other' } })
    expect(() => desired({ object: elsewhere }, options)).toThrow('cannot be owned from namespace n: use mode create or keep')
    expect(() => desired({ object: child() }, { ...options, owner: undefined })).toThrow('needs an owner')
  })
})
