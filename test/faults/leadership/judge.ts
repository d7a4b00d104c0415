// Decides whether two operators kept to their turns: nothing begun without the Lease, nothing late that did any harm.
import type { Write } from '../../cluster/auditlog.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import type { Late } from './freeze.ts'
import { intruders, tenuresOf } from './tenure.ts'

const LEASE_MS = 15_000
const NOT_JUDGED = ['leases', 'events']

export interface Party {
  user: string
  requests: readonly RequestRecord[]
}

export interface Evidence {
  /** Of the audit log. */
  writes: readonly Write[]
  parties: readonly Party[]
  /** Requests that were held until another led. */
  late?: readonly Late[]
}

/** One line for each thing that must not be. */
export const verdict = ({ writes, parties, late = [] }: Evidence): string[] => [
  ...parties.flatMap(party => begunTooLate(party, writes)),
  ...late.filter(each => isHarmful(each, parties)).map(({ record }) => `done late, and not what the leader writes: ${tell(record)}`),
  ...unexplained(intruders(writes), late),
]

/** Begun without a Lease that was renewed within its duration, or while another held it. */
const begunTooLate = ({ user, requests }: Party, writes: readonly Write[]): string[] => {
  const own = tenuresOf(writes)
    .filter(tenure => tenure.user === user)
    .map(
      ({ from, until, renewed }) =>
        [Date.parse(from), Math.min(Date.parse(renewed) + LEASE_MS, until ? Date.parse(until) : Infinity)] as const,
    )
  return requests
    .filter(({ mutation, resource }) => mutation !== undefined && !NOT_JUDGED.includes(resource))
    .filter(({ beganAt }) => !own.some(([from, to]) => timeOf(beganAt) >= from && timeOf(beganAt) <= to))
    .map(record => `${user} began without the lease: ${new Date(timeOf(record.beganAt)).toISOString()} ${tell(record)}`)
}

const timeOf = (moment: number): number => performance.timeOrigin + moment

const isHarmful = ({ record, before, after }: Late, parties: readonly Party[]): boolean => {
  const wasDone = record.status !== undefined && record.status < 300
  return wasDone && before !== after && !isWhatOthersWrite(record, parties)
}

/** The last that the others wrote about the same object says the same, byte for byte. */
const isWhatOthersWrite = (late: RequestRecord, parties: readonly Party[]): boolean =>
  parties
    .filter(({ requests }) => !requests.includes(late))
    .some(({ requests }) => {
      const last = requests.findLast(other => other.status !== undefined && isAbout(other, late))
      return last !== undefined && last.verb === late.verb && last.body === late.body
    })

const isAbout = (one: RequestRecord, other: RequestRecord): boolean =>
  one.mutation !== undefined && one.resource === other.resource && one.subresource === other.subresource && one.name === other.name

/** Each late write that the API server granted must be one of those that were held and looked at. */
const unexplained = (found: readonly Write[], late: readonly Late[]): string[] => {
  const known = late.filter(({ record: { status = 0 } }) => status >= 200 && status < 300).map(({ record }) => keyOf(record))
  return found.flatMap(write => {
    const at = known.indexOf(`${write.resource} ${write.name}`)
    if (at >= 0) known.splice(at, 1)
    return at >= 0
      ? []
      : [`written while another led: ${write.at} ${write.user} ${write.verb} ${write.resource} ${write.name} ${write.code}`]
  })
}

const keyOf = ({ resource, subresource, name = '' }: RequestRecord): string =>
  `${subresource ? `${resource}/${subresource}` : resource} ${name}`

const tell = (record: RequestRecord): string => `${record.verb} ${keyOf(record)} ${record.status ?? 'unanswered'}`
