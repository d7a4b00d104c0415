// Decides what a Lease says: who holds it, until when we believe that, and what we write into it. Pure.
//
// The times inside a Lease come from somebody else's clock, so they are never compared with ours: a Lease counts as held for as long
// as it says, from the moment we first saw it in this version.
import type { KubeObject, ResourceRef } from './shape.ts'

export const leases: ResourceRef = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', plural: 'leases', namespaced: true }

export interface LeaseSpec {
  holderIdentity?: string
  leaseDurationSeconds?: number
  acquireTime?: string
  renewTime?: string
  leaseTransitions?: number
}

/** What we last saw of the Lease, and when, in milliseconds of the monotonic clock. */
export interface Sighting {
  resourceVersion: string
  holder: string
  /** When somebody else may take it, unless it changes before. */
  expiresAt: number
}

/** Who we are, and how long we hold what we take. */
export interface Candidate {
  identity: string
  durationSeconds: number
}

export const specOf = (lease: KubeObject): LeaseSpec => (lease['spec'] ?? {}) as LeaseSpec

/** The same version seen again is no sign of life. */
export const see = (lease: KubeObject, before: Sighting | undefined, now: number): Sighting => {
  const { resourceVersion = '' } = lease.metadata
  if (before?.resourceVersion === resourceVersion) return before
  const { holderIdentity = '', leaseDurationSeconds = 0 } = specOf(lease)
  return { resourceVersion, holder: holderIdentity, expiresAt: holderIdentity ? now + leaseDurationSeconds * 1000 : now }
}

/** After a time without any answer nobody can tell a holder that ended from one that was cut off, too: it gets until then to renew. */
export const spared = (seen: Sighting | undefined, until: number): Sighting | undefined =>
  seen?.holder ? { ...seen, expiresAt: Math.max(seen.expiresAt, until) } : seen

/** How many milliseconds to wait before the Lease is ours to take. A process that ended gives it to its successor of the same identity. */
export const waitFor = (seen: Sighting | undefined, { identity }: Candidate, now: number): number =>
  !seen || seen.holder === identity ? 0 : Math.max(seen.expiresAt - now, 0)

/** The Lease as taken over: a new holder is one more transition, the first one none. */
export const taken = (before: LeaseSpec | undefined, { identity, durationSeconds }: Candidate, at: string): LeaseSpec => ({
  holderIdentity: identity,
  leaseDurationSeconds: durationSeconds,
  acquireTime: at,
  renewTime: at,
  leaseTransitions: before === undefined ? 0 : (before.leaseTransitions ?? 0) + (before.holderIdentity === identity ? 0 : 1),
})

export const renewed = (before: LeaseSpec, at: string): LeaseSpec => ({ ...before, renewTime: at })

/** Given back: whoever looks next may take it at once. */
export const released = (before: LeaseSpec, at: string): LeaseSpec => ({
  ...before,
  holderIdentity: '',
  leaseDurationSeconds: 1,
  renewTime: at,
})
