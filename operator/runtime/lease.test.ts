import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Candidate, leases, released, renewed, type Sighting, see, spared, taken, waitFor } from './lease.ts'
import type { KubeObject } from './shape.ts'

const us: Candidate = { identity: 'us', durationSeconds: 15 }
const at = '2026-01-01T00:00:00.000000Z'

const lease = (resourceVersion: string, spec: object): KubeObject => ({
  apiVersion: leases.apiVersion,
  kind: leases.kind,
  metadata: { name: 'tidegate', namespace: 'n', resourceVersion },
  spec,
})
const held = (resourceVersion: string) => lease(resourceVersion, { holderIdentity: 'them', leaseDurationSeconds: 15, renewTime: at })

describe('a lease', () => {
  it('that somebody holds is theirs for its whole duration from when we first saw it, whatever its times say', () => {
    const ancient = lease('1', { holderIdentity: 'them', leaseDurationSeconds: 15, renewTime: '1990-01-01T00:00:00.000000Z' })
    const seen = see(ancient, undefined, 1000)
    expect(waitFor(seen, us, 1000)).toBe(15_000)
    expect(waitFor(seen, us, 15_999)).toBe(1)
    expect(waitFor(seen, us, 16_000)).toBe(0)
  })

  it('seen again in the same version shows no life, in a new one it does', () => {
    const first = see(held('1'), undefined, 0)
    expect(waitFor(see(held('1'), first, 14_000), us, 15_000)).toBe(0)
    expect(waitFor(see(held('2'), first, 14_000), us, 15_000)).toBe(14_000)
  })

  it('lasts as long as its holder wrote, not as long as ours would', () => {
    const seen = see(lease('1', { holderIdentity: 'them', leaseDurationSeconds: 60 }), undefined, 0)
    expect(waitFor(seen, us, 59_000)).toBe(1000)
  })

  it('that was given back, or that our predecessor of the same identity held, is free at once', () => {
    expect(waitFor(see(lease('1', released({ holderIdentity: 'them' }, at)), undefined, 0), us, 0)).toBe(0)
    expect(waitFor(see(lease('1', { holderIdentity: 'us', leaseDurationSeconds: 15 }), undefined, 0), us, 0)).toBe(0)
  })

  it('without a holder or a duration is free', () => {
    expect(waitFor(see(lease('1', {}), undefined, 5), us, 5)).toBe(0)
    expect(waitFor(see({ ...lease('1', {}), spec: undefined }, undefined, 5), us, 5)).toBe(0)
  })

  it('is spared for a while longer after a time without answers, unless nobody holds it', () => {
    const seen = see(held('1'), undefined, 0)
    expect(waitFor(spared(seen, 30_000), us, 20_000)).toBe(10_000)
    expect(waitFor(spared(seen, 5000), us, 5000)).toBe(10_000)
    expect(waitFor(spared(see(lease('1', {}), undefined, 0), 30_000), us, 20_000)).toBe(0)
    expect(spared(undefined, 30_000)).toBeUndefined()
  })

  it('counts a transition when its holder changes and keeps the time of acquisition when it is renewed', () => {
    const ours = taken({ holderIdentity: 'them', leaseTransitions: 3 }, us, at)
    expect(ours).toMatchObject({ holderIdentity: 'us', leaseDurationSeconds: 15, leaseTransitions: 4 })
    expect(taken(ours, us, at).leaseTransitions).toBe(4)
    expect(taken(undefined, us, at).leaseTransitions).toBe(0)
    expect(renewed(ours, '2026-01-01T00:00:02.000000Z')).toMatchObject({ acquireTime: at, renewTime: '2026-01-01T00:00:02.000000Z' })
  })

  it('is never taken within its duration of a version first seen, however often it is looked at', () => {
    const looks = fc.array(fc.record({ after: fc.integer({ min: 1, max: 9000 }), renews: fc.boolean() }), { minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(looks, all => {
        let now = 0
        let version = 1
        let renewedAt = 0
        let seen: Sighting | undefined
        for (const { after, renews } of all) {
          now += after
          if (renews) {
            version += 1
            renewedAt = now
          }
          seen = see(held(String(version)), seen, now)
          if (waitFor(seen, us, now) === 0) expect(now - renewedAt).toBeGreaterThanOrEqual(15_000)
        }
      }),
    )
  })
})
