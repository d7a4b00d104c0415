import { describe, expect, it } from 'vitest'
import { age, momentOf, stamp, waitOf } from './moment.ts'

describe('a moment', () => {
  it.each([
    ['2026-10-01', '2026-10-01T00:00:00.000Z'],
    ['2026-10-01T14:30', '2026-10-01T14:30:00.000Z'],
    ['2026-10-01 14:30:05', '2026-10-01T14:30:05.000Z'],
    ['2026-10-01T14:30:05.25Z', '2026-10-01T14:30:05.250Z'],
    ['2026-10-01T14:30+02:00', '2026-10-01T12:30:00.000Z'],
    ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ])('written as %s is %s, wherever the command runs', (written, meant) => {
    expect(momentOf(written).toISOString()).toBe(meant)
  })

  it.each(['yesterday', '2026-13-01', '2026-02-30', '2027-02-29', '2026-10-01T25:00', '01.10.2026', ''])('is not "%s"', written => {
    expect(() => momentOf(written)).toThrow(/--at is .*: write 2026-10-01/)
  })

  it('is written to the second with its zone, and is empty when there is none', () => {
    expect(stamp('2026-10-01T14:30:05.123Z')).toBe('2026-10-01 14:30:05Z')
    expect(stamp(undefined)).toBe('')
  })
})

describe('a time to wait', () => {
  it.each([
    ['0', 0],
    ['45', 45_000],
    ['30s', 30_000],
    ['2m', 120_000],
  ])('%s is %d ms', (written, milliseconds) => expect(waitOf(written)).toBe(milliseconds))

  it.each(['-1', '1.5s', 'long', ''])('is not "%s"', written => expect(() => waitOf(written)).toThrow('--wait'))
})

describe('an age', () => {
  it.each([
    ['2026-10-01T11:59:15Z', '45s'],
    ['2026-10-01T11:58:31Z', '89s'],
    ['2026-10-01T11:30:00Z', '30m'],
    ['2026-10-01T02:00:00Z', '10h'],
    ['2026-09-20T12:00:00Z', '11d'],
    ['2026-10-01T12:00:05Z', '0s'],
  ])('since %s is %s', (since, written) => expect(age(since, new Date('2026-10-01T12:00:00Z'))).toBe(written))
})
