import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CronLine, readCron, type Starts } from './cron.ts'

const startsOf = (cron: string, timeZone = 'UTC'): Starts => {
  const reading = readCron('freeze[0]', { cron, timeZone })
  if ('problem' in reading) throw new Error(reading.problem)
  return reading.starts
}
const problemOf = (line: CronLine): string => {
  const reading = readCron('freeze[0]', line)
  return 'problem' in reading ? reading.problem : 'none'
}
const short = (date: Date): string => date.toISOString().replace(':00.000Z', 'Z')

/** So many starts after a moment. */
const following = (starts: Starts, moment: string, many: number): string[] => {
  const found: string[] = []
  for (let at = starts.after(new Date(moment)); found.length < many; at = starts.after(at)) found.push(short(at))
  return found
}

describe('a cron line', () => {
  it.each([
    ['0 18 * * 5', '2026-11-20T18:00Z'],
    ['0 18 * * FRI', '2026-11-20T18:00Z'],
    ['*/10 * * * *', '2026-11-18T12:10Z'],
    ['15,45 6-8 * * *', '2026-11-19T06:15Z'],
    ['0 0 29 2 *', '2028-02-29T00:00Z'],
    ['0 0 31 * *', '2026-12-31T00:00Z'],
    ['0 0 13 * 5', '2026-11-20T00:00Z'],
    ['0 0 L * ?', '2026-11-30T00:00Z'],
    ['0 0 * * 5#L', '2026-11-27T00:00Z'],
    ['0 0 * * MON#1', '2026-12-07T00:00Z'],
    ['0 0 * * 7', '2026-11-22T00:00Z'],
  ])('%s begins next at %s', (cron, next) => {
    expect(following(startsOf(cron), '2026-11-18T12:00:00Z', 1)).toEqual([next])
  })

  it('begins at a moment, and not again at the same one', () => {
    const starts = startsOf('0 18 * * *')
    expect(short(starts.upTo(new Date('2026-11-18T18:00:00Z')))).toBe('2026-11-18T18:00Z')
    expect(short(starts.upTo(new Date('2026-11-18T17:59:59.999Z')))).toBe('2026-11-17T18:00Z')
    expect(short(starts.after(new Date('2026-11-18T18:00:00Z')))).toBe('2026-11-19T18:00Z')
    expect(short(starts.after(new Date('2026-11-18T17:59:59.999Z')))).toBe('2026-11-18T18:00Z')
  })

  it.each([
    ['a time that is left out comes at the first minute after the gap', '30 2 * * *', ['2026-03-29T01:00Z', '2026-03-30T00:30Z']],
    ['times that meet at the end of the gap are one', '0 1,2,3 * * *', ['2026-03-29T00:00Z', '2026-03-29T01:00Z', '2026-03-29T23:00Z']],
    ['a line with a step follows the clock', '*/30 1-3 * * *', ['2026-03-29T00:00Z', '2026-03-29T00:30Z', '2026-03-29T01:00Z']],
  ])('in Berlin, on the day that loses an hour: %s', (_what, cron, expected) => {
    expect(following(startsOf(cron, 'Europe/Berlin'), '2026-03-28T12:00:00Z', expected.length)).toEqual(expected)
  })

  it.each([
    ['a time that comes twice counts the first time', '30 2 * * *', ['2026-10-25T00:30Z', '2026-10-26T01:30Z']],
    ['a line with a star follows the clock', '30 * * * *', ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T02:30Z']],
  ])('in Berlin, on the day that has an hour twice: %s', (_what, cron, expected) => {
    const from = cron.includes(' * * * *') ? '2026-10-25T00:00:00Z' : '2026-10-24T12:00:00Z'
    expect(following(startsOf(cron, 'Europe/Berlin'), from, expected.length)).toEqual(expected)
  })

  it('looks back over a change of the clock as it looks ahead', () => {
    const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z', '2026-04-04T15:00:00Z', '2026-10-03T15:30:00Z', '2026-03-08T07:00:00Z']
    const lines = ['30 2 * * *', '0 1,2,3 * * *', '*/15 * * * *', '30 * * * *', '15 2 * * SUN', '59 1 * * *', '0 0 * * *']
    const zones = ['Europe/Berlin', 'Australia/Lord_Howe', 'America/New_York', 'UTC']
    const anywhere = fc.tuple(
      fc.constantFrom(...changes),
      fc.constantFrom(...lines),
      fc.constantFrom(...zones),
      fc.integer({ min: -300, max: 300 }),
    )
    fc.assert(
      fc.property(anywhere, ([change, cron, zone, minutes]) => {
        const starts = startsOf(cron, zone)
        const moment = new Date(Date.parse(change) + minutes * 60_000)
        const next = starts.after(moment)
        expect(next > moment).toBe(true)
        expect(starts.upTo(next)).toEqual(next)
        const last = starts.upTo(moment)
        expect(last <= moment).toBe(true)
        expect(starts.after(last), 'nothing begins between the last one and the next one').toEqual(next)
      }),
      { numRuns: 150 },
    )
  })
})

describe('a cron line that cannot be read', () => {
  it.each(['0 25 * * *', '60 0 * * *', '0 0 0 * *', '0 0 * 13 *', '0 0 * * 8', '0 0 * * FRY', '- - - - -', '*/0 * * * *', '5/5 * * * *'])(
    '%s names the field, the value and what is allowed',
    cron => {
      expect(problemOf({ cron, timeZone: 'UTC' })).toMatch(
        `freeze[0].cron is "${cron}", which cannot be read: use five fields, minute 0-59, hour 0-23, day of month 1-31`,
      )
    },
  )

  it('has six fields', () => {
    expect(problemOf({ cron: '0 0 18 * * 5', timeZone: 'UTC' })).toMatch('use five fields')
  })

  it('names a day that never comes', () => {
    expect(problemOf({ cron: '0 0 31 2,4,6 *', timeZone: 'UTC' })).toBe(
      'freeze[0].cron is "0 0 31 2,4,6 *", which never comes: use a day of the month that one of its months has',
    )
  })

  it.each(['Europe/Berln', 'Mars', '+', ''])('has the unknown time zone "%s"', timeZone => {
    expect(problemOf({ cron: '0 0 * * *', timeZone })).toBe(
      `freeze[0].timeZone is "${timeZone}", which is not known: use a name of the IANA time zone database, such as Europe/Berlin or UTC`,
    )
  })

  it.each(['Asia/Kolkata', 'Europe/Kyiv', 'Etc/GMT+5', 'UTC'])('does not have the time zone %s, which is known', timeZone => {
    expect(problemOf({ cron: '0 0 * * *', timeZone })).toBe('none')
  })
})
