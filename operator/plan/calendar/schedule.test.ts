import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nextDue, type Schedule } from './schedule.ts'

interface Times {
  since: string
  now: string
  announced?: string
}

const due = (schedule: Schedule, { since, now, announced }: Times): string => {
  const past = { since: new Date(since), now: new Date(now), announced: announced === undefined ? undefined : new Date(announced) }
  const found = nextDue('spec.schedule', schedule, past)
  return 'problem' in found ? found.problem : found.at.toISOString().replace(':00.000Z', 'Z')
}

describe('a schedule with every', () => {
  it('is due so long after the last start', () => {
    expect(due({ every: '30d' }, { since: '2026-01-01T10:00:00Z', now: '2026-01-01T10:00:00Z' })).toBe('2026-01-31T10:00Z')
  })

  it('is due once for all that was missed', () => {
    expect(due({ every: '30d' }, { since: '2026-01-01T10:00:00Z', now: '2027-01-01T10:00:00Z' })).toBe('2026-01-31T10:00Z')
    expect(due({ every: '30d' }, { since: '2027-01-01T10:00:00Z', now: '2027-01-01T10:00:00Z' })).toBe('2027-01-31T10:00Z')
  })

  it.each(['59s', '1s', '3651d', '999999999d', 'soon'])('of %s is a problem', every => {
    expect(due({ every }, { since: '2026-01-01T10:00:00Z', now: '2026-01-01T10:00:00Z' })).toBe(
      `spec.schedule.every is "${every}": use 1m to 3650d`,
    )
  })
})

describe('a schedule with cron', () => {
  const nightly: Schedule = { cron: '0 3 * * *' }
  const since = '2026-01-01T03:00:00Z'

  it('is due at its next time', () => {
    expect(due(nightly, { since, now: '2026-01-01T12:00:00Z' })).toBe('2026-01-02T03:00Z')
    expect(due(nightly, { since, now: '2026-01-01T12:00:00Z', announced: '2026-01-02T03:00:00Z' })).toBe('2026-01-02T03:00Z')
  })

  it('is in UTC, or in the time zone that is given', () => {
    expect(due({ ...nightly, timeZone: 'Europe/Berlin' }, { since, now: '2026-01-01T12:00:00Z' })).toBe('2026-01-02T02:00Z')
    expect(due({ ...nightly, timeZone: 'Europe/Berlin' }, { since, now: '2026-07-01T12:00:00Z' })).toBe('2026-07-02T01:00Z')
  })

  it('stays due at the first time that was missed until something begins', () => {
    const announced = '2026-01-02T03:00:00Z'
    for (const now of ['2026-01-02T03:00:00Z', '2026-01-02T03:00:01Z', '2026-06-01T00:00:00Z', '2036-06-01T00:00:00Z']) {
      expect(due(nightly, { since, now, announced })).toBe('2026-01-02T03:00Z')
    }
    expect(due(nightly, { since: '2026-06-01T00:00:00Z', now: '2026-06-01T00:00:00Z', announced })).toBe('2026-06-01T03:00Z')
  })

  it('has missed nothing when it was just written', () => {
    expect(due(nightly, { since, now: '2026-06-01T12:00:00Z' })).toBe('2026-06-02T03:00Z')
    const announced = '2026-06-01T03:00:00Z'
    expect(due({ cron: '0 4 * * *' }, { since, now: '2026-06-01T12:00:00Z', announced })).toBe('2026-06-02T04:00Z')
  })

  it('comes earlier when an earlier time is written', () => {
    expect(due({ cron: '0 * * * *' }, { since, now: '2026-01-01T12:30:00Z', announced: '2026-01-02T03:00:00Z' })).toBe('2026-01-01T13:00Z')
  })

  it('does not begin twice at one time', () => {
    expect(due(nightly, { since: '2026-01-02T03:00:00Z', now: '2026-01-02T03:00:00Z', announced: '2026-01-02T03:00:00Z' })).toBe(
      '2026-01-03T03:00Z',
    )
  })

  it('is due after a gap of the clock when it names a time in it, and stays so', () => {
    const early: Schedule = { cron: '30 2 * * *', timeZone: 'Europe/Berlin' }
    const announced = '2026-03-29T01:00:00Z'
    expect(due(early, { since, now: '2026-03-28T12:00:00Z' })).toBe('2026-03-29T01:00Z')
    expect(due(early, { since, now: '2026-03-29T09:00:00Z', announced })).toBe('2026-03-29T01:00Z')
  })

  it('waits for a start that another clock dates into the future', () => {
    expect(due({ cron: '* * * * *' }, { since: '2026-01-01T12:05:00Z', now: '2026-01-01T12:00:00Z' })).toBe('2026-01-01T12:06Z')
  })

  it('names the field that is wrong', () => {
    expect(due({ cron: '0 25 * * *' }, { since, now: since })).toMatch(/^spec\.schedule\.cron is "0 25 \* \* \*"/)
    expect(due({ ...nightly, timeZone: 'Berlin' }, { since, now: since })).toMatch(/^spec\.schedule\.timeZone is "Berlin"/)
    expect(due({}, { since, now: since })).toMatch(/^spec\.schedule\.cron is ""/)
  })

  it('looks at the calendar once, also when a year of minutes was missed', () => {
    const times = { since, now: '2027-01-01T00:00:00Z', announced: '2026-01-01T03:01:00Z' }
    const begin = performance.now()
    expect(due({ cron: '* * * * *' }, times)).toBe('2026-01-01T03:01Z')
    expect(performance.now() - begin).toBeLessThan(500)
  })
})

describe('any schedule', () => {
  const schedules = fc.constantFrom<Schedule>(
    { every: '1m' },
    { every: '7h' },
    { cron: '*/7 * * * *' },
    { cron: '30 2 * * *', timeZone: 'Europe/Berlin' },
  )
  const gaps = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 12 })

  it('begins at most once between two looks, never early, and after a long absence once', () => {
    fc.assert(
      fc.property(schedules, gaps, (schedule, seconds) => {
        let [since, now] = [new Date('2026-03-28T12:00:00Z'), new Date('2026-03-28T12:00:00Z')]
        let announced: Date | undefined
        const look = (): Date => {
          const found = nextDue('spec.schedule', schedule, { since, announced, now })
          if ('problem' in found) throw new Error(found.problem)
          return found.at
        }
        for (const gap of seconds) {
          announced = look()
          now = new Date(now.getTime() + gap * 1000)
          const late = look()
          expect(late <= now).toBe(announced <= now)
          if (late <= now) {
            expect(late > since).toBe(true)
            since = now
          }
          expect(look() > now).toBe(true)
        }
      }),
      { numRuns: 200 },
    )
  })
})
