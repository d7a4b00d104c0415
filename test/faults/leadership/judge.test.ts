import { describe, expect, it } from 'vitest'
import type { Write } from '../../cluster/auditlog.ts'
import type { RequestRecord } from '../proxy/requestrecord.ts'
import { verdict } from './judge.ts'

const atSecond = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`
const began = (second: number): number => Date.parse(atSecond(second)) - performance.timeOrigin

const granted = (user: string, second: number, resource: string): Write => ({
  verb: 'patch',
  resource,
  group: 'apps',
  namespace: 'n',
  name: 'iris-v1',
  user,
  code: 200,
  at: atSecond(second),
})
const request = (second: number, rest: Partial<RequestRecord> = {}): RequestRecord => ({
  number: 1,
  mutation: 1,
  method: 'PATCH',
  path: '/',
  verb: 'apply',
  group: 'apps',
  resource: 'deployments',
  name: 'iris-v1',
  body: 'old',
  beganAt: began(second),
  status: 200,
  ...rest,
})

/** The first renews at 3 s and leads until 20 s; then the second does. */
const leases = [granted('a', 1, 'leases'), granted('a', 3, 'leases'), granted('b', 20, 'leases')]
const judge = (
  requests: RequestRecord[],
  more: { writes?: Write[]; late?: Parameters<typeof verdict>[0]['late']; others?: RequestRecord[] } = {},
) =>
  verdict({
    writes: [...leases, ...(more.writes ?? [])],
    parties: [
      { user: 'a', requests },
      { user: 'b', requests: more.others ?? [] },
    ],
    ...(more.late && { late: more.late }),
  })

describe('a request of a leader', () => {
  it('within its lease is no violation, and none of the lease itself or of an event is', () => {
    expect(judge([request(2), request(17), request(30, { resource: 'leases' }), request(30, { resource: 'events' })])).toEqual([])
  })

  it('that is begun after the lease ran out is one, even when it was refused', () => {
    expect(judge([request(19, { status: 409 })])).toEqual([expect.stringContaining('a began without the lease: 2026-01-01T00:00:19')])
  })

  it('that was done when another led, and that nobody held, is one', () => {
    const writes = [granted('a', 22, 'deployments')]
    expect(judge([request(17)], { writes })).toEqual([expect.stringContaining('written while another led')])
  })
})

describe('a request that was held until another led', () => {
  const late = request(17)
  const writes = [granted('a', 22, 'deployments')]

  it('does harm when it changes what is there into something else than the leader wrote last', () => {
    const found = judge([late], { writes, late: [{ record: late, before: 'new', after: 'old' }], others: [request(21, { body: 'new' })] })
    expect(found).toEqual(['done late, and not what the leader writes: apply deployments iris-v1 200'])
  })

  it('does none when it was refused, changed nothing, or says byte for byte what the leader wrote last', () => {
    const refused = request(17, { status: 409 })
    expect(judge([refused], { late: [{ record: refused, before: 'new', after: 'new' }] })).toEqual([])
    expect(judge([late], { writes, late: [{ record: late, before: 'old', after: 'old' }] })).toEqual([])
    expect(judge([late], { writes, late: [{ record: late, before: 'x', after: 'old' }], others: [request(21)] })).toEqual([])
  })
})
