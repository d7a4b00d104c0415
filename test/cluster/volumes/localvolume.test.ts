import { describe, expect, it } from 'vitest'
import { type Claim, isReleased, obstacle, STORAGE_CLASS, type Volume, volume, wantsVolume } from './localvolume.ts'

const place = { node: 'dev-node', folder: '/volumes' }
const claim = (spec: Partial<Claim['spec']> = {}, node: string | undefined = place.node): Claim => ({
  metadata: { name: 'data', namespace: 'ml', uid: 'u1', annotations: node ? { 'volume.kubernetes.io/selected-node': node } : {} },
  spec: { storageClassName: STORAGE_CLASS, accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '5Gi' } }, ...spec },
  status: { phase: 'Pending' },
})

describe('a claim', () => {
  it('gets a volume when its pod was given to our node', () => {
    expect(wantsVolume(claim(), place.node)).toBe(true)
  })

  it.each([
    ['before a pod uses it', { ...claim(), metadata: { name: 'data', uid: 'u1' } }],
    ['of another node', claim({}, 'other')],
    ['of another storage class', claim({ storageClassName: 'fast' })],
    ['that has a volume', claim({ volumeName: 'pvc-u1' })],
    ['that is bound', { ...claim(), status: { phase: 'Bound' } }],
  ])('gets none %s', (_, other) => {
    expect(wantsVolume(other, place.node)).toBe(false)
  })

  it('for several nodes is told why it stays unbound', () => {
    expect(obstacle(claim())).toBeUndefined()
    expect(obstacle(claim({ accessModes: ['ReadWriteMany'] }))).toBe(
      'access mode ReadWriteMany is not possible with storage class local; use ReadWriteOnce',
    )
  })

  it('is bound to a folder of its own on the node', () => {
    expect(volume(claim(), place)).toMatchObject({
      metadata: { name: 'pvc-u1' },
      spec: { capacity: { storage: '5Gi' }, local: { path: '/volumes/pvc-u1' }, claimRef: { namespace: 'ml', name: 'data', uid: 'u1' } },
    })
  })
})

describe('a volume', () => {
  const made = (phase: string, changes: Partial<Volume['spec']> = {}): Volume => {
    const one = volume(claim(), place)
    return { ...one, spec: { ...one.spec, ...changes }, status: { phase } }
  }

  it('goes with its claim', () => {
    expect(isReleased(made('Released'))).toBe(true)
    expect(isReleased(made('Bound'))).toBe(false)
  })

  it('stays when it is to be retained or is not ours', () => {
    expect(isReleased(made('Released', { persistentVolumeReclaimPolicy: 'Retain' }))).toBe(false)
    expect(isReleased({ ...made('Released'), metadata: { name: 'other' } })).toBe(false)
  })
})
