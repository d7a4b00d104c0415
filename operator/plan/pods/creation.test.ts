import { describe, expect, it } from 'vitest'
import type { CreationFailure } from '../observed.ts'
import { creationCause } from './creation.ts'

const event = (message: string, lastTimestamp: string): CreationFailure => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'e' },
  reason: 'FailedCreate',
  message,
  lastTimestamp,
})

const quota = event('Error creating: pods "x-run-1-abc" is forbidden: exceeded quota: small, requested: pods=1', '2026-01-01T00:00:10Z')
const security = event('Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest"', '2026-01-01T00:00:20Z')

describe('the cause of pods that are not created', () => {
  it('is a quota when the namespace has one', () => {
    expect(creationCause([quota])?.reason).toBe('QuotaExceeded')
    expect(creationCause([quota])?.message).toContain('exceeded quota: small')
  })

  it('is the newest of several events, in any order', () => {
    expect(creationCause([quota, security])?.reason).toBe('PodSecurityRefused')
    expect(creationCause([security, quota])?.reason).toBe('PodSecurityRefused')
  })

  it('is any other refusal in its own words', () => {
    const refused = event('Error creating: admission webhook "w" denied the request: no', '2026-01-01T00:00:10Z')
    expect(creationCause([refused])).toMatchObject({
      reason: 'CreationRefused',
      message: expect.stringContaining('denied the request: no'),
    })
  })

  it('reads the same at each try, whatever the pod would have been called', () => {
    const again = event(quota.message?.replace('x-run-1-abc', 'x-run-1-def') ?? '', '2026-01-01T00:00:40Z')
    expect(creationCause([quota, again])).toEqual(creationCause([quota]))
    expect(creationCause([again])?.message).toBe(
      'pods are refused: exceeded quota: small, requested: pods=1; raise the quota of the namespace, or ask for less',
    )
  })

  it('is nothing when pods were created since', () => {
    expect(creationCause([quota], '2026-01-01T00:00:11Z')).toBeUndefined()
    expect(creationCause([], undefined)).toBeUndefined()
  })

  it('reads the times of newer event series', () => {
    const series = { ...quota, lastTimestamp: undefined, series: { lastObservedTime: '2026-01-01T00:05:00.000000Z' } } as CreationFailure
    expect(creationCause([series], '2026-01-01T00:04:00Z')?.reason).toBe('QuotaExceeded')
  })
})
