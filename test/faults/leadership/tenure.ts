// Decides from the audit log who led when, and which writes came from somebody who did not lead.
import type { Write } from '../../cluster/auditlog.ts'

/** From the first granted write to the Lease to the first of somebody else. */
export interface Tenure {
  user: string
  from: string
  until?: string
  /** When the Lease was last written in this time. */
  renewed: string
}

export const tenuresOf = (writes: readonly Write[]): Tenure[] => {
  const tenures: Tenure[] = []
  for (const { user, at } of writes.filter(isGrantedLease).toSorted((a, b) => compare(a.at, b.at))) {
    const last = tenures.at(-1)
    if (last?.user === user) last.renewed = at
    else {
      if (last) last.until = at
      tenures.push({ user, from: at, renewed: at })
    }
  }
  return tenures
}

/** What changes nothing that anybody decides on: the Lease itself, which its version protects, and Events. */
const UNDECIDED = ['leases', 'events']

/** Writes that were granted to somebody while another led, or before anybody did. */
export const intruders = (writes: readonly Write[]): Write[] => {
  const tenures = tenuresOf(writes)
  return writes.filter(write => isGranted(write) && !UNDECIDED.includes(write.resource) && leaderAt(tenures, write.at) !== write.user)
}

const leaderAt = (tenures: readonly Tenure[], at: string): string | undefined =>
  tenures.find(({ from, until }) => compare(from, at) <= 0 && (until === undefined || compare(at, until) < 0))?.user

const isGranted = ({ code }: Write): boolean => code >= 200 && code < 300

const isGrantedLease = (write: Write): boolean => write.resource === 'leases' && isGranted(write)

/** Times of one API server, all of one length. */
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** Seconds from one time of the audit log to another. */
export const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000

/** The first write of a user that matters, since its tenure began. */
export const firstWrite = (writes: readonly Write[], { user, from }: Tenure): Write | undefined =>
  writes
    .filter(write => write.user === user && isGranted(write) && !UNDECIDED.includes(write.resource) && compare(write.at, from) >= 0)
    .toSorted((a, b) => compare(a.at, b.at))[0]
