import { describe, expect, it } from 'vitest'
import type { Write } from '../../cluster/auditlog.ts'
import { firstWrite, intruders, secondsBetween, tenuresOf } from './tenure.ts'

const write = (user: string, second: number, rest: Partial<Write> = {}): Write => ({
  verb: 'update',
  resource: 'deployments',
  group: 'apps',
  namespace: 'n',
  name: 'iris-v1',
  user,
  code: 200,
  at: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000000Z`,
  ...rest,
})
const lease = (user: string, second: number, code = 200) => write(user, second, { resource: 'leases', code })
const story = [lease('a', 1), lease('a', 3), lease('b', 20), lease('a', 21, 409), lease('b', 22)]

describe('the tenure of a leader', () => {
  it('lasts from its first write to the lease to the first of another, however many were refused', () => {
    const [one, other] = tenuresOf(story)
    expect(one).toMatchObject({ user: 'a', from: lease('a', 1).at, renewed: lease('a', 3).at, until: lease('b', 20).at })
    expect(other).toMatchObject({ user: 'b', from: lease('b', 20).at, renewed: lease('b', 22).at })
    expect(other).not.toHaveProperty('until')
  })

  it('is the same in whatever order the requests ended', () => {
    expect(tenuresOf(story.toReversed())).toEqual(tenuresOf(story))
  })

  it('begins its work with its first write that is neither of the lease nor an event', () => {
    const writes = [...story, write('b', 21, { resource: 'events' }), write('b', 23), write('b', 24)]
    expect(firstWrite(writes, tenuresOf(writes)[1] as never)).toEqual(write('b', 23))
    expect(secondsBetween(lease('a', 3).at, lease('b', 20).at)).toBe(17)
  })
})

describe('an intruder', () => {
  it('is whoever writes while another leads', () => {
    const late = write('a', 20, { at: '2026-01-01T00:00:20.000001Z' })
    expect(intruders([...story, late])).toEqual([late])
    const early = write('b', 19)
    expect(intruders([...story, early])).toEqual([early])
  })

  it('is not the leader itself, nor who was refused, nor who tells an event', () => {
    const refused = write('a', 21, { code: 409 })
    const harmless = [write('a', 2), write('a', 19), write('b', 20), refused, write('a', 25, { resource: 'events' })]
    expect(intruders([...story, ...harmless])).toEqual([])
  })

  it('is whoever writes before anybody leads', () => {
    expect(intruders([write('a', 0), ...story])).toEqual([write('a', 0)])
  })
})
