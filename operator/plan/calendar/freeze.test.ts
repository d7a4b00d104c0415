import { describe, expect, it } from 'vitest'
import type { Freeze } from '../../api/model.ts'
import { frozen } from './freeze.ts'

/** Without a time zone it is UTC. */
const window = (cron: string, duration: string, timeZone?: string): Freeze => ({ cron, duration, ...(timeZone && { timeZone }) })

/** `until` a time, the problem, or `open`. */
const at = (now: string, ...windows: Freeze[]): string => {
  const found = frozen(windows, new Date(now))
  if (!found) return 'open'
  return 'problem' in found ? found.problem : `until ${found.until.toISOString().replace(':00.000Z', 'Z')}`
}

describe('a freeze window', () => {
  const weekend = window('0 18 * * FRI', '62h')

  it.each([
    ['2026-11-20T17:59:59Z', 'open'],
    ['2026-11-20T18:00:00Z', 'until 2026-11-23T08:00Z'],
    ['2026-11-22T23:59:00Z', 'until 2026-11-23T08:00Z'],
    ['2026-11-23T07:59:59Z', 'until 2026-11-23T08:00Z'],
    ['2026-11-23T08:00:00Z', 'open'],
  ])('from Friday evening to Monday morning is, at %s, %s', (now, expected) => {
    expect(at(now, weekend)).toBe(expected)
  })

  it('of a stage that has none is never there', () => {
    expect(at('2026-11-22T00:00:00Z')).toBe('open')
  })

  it('goes on after midnight', () => {
    const night = window('0 22 * * *', '8h', 'Europe/Berlin')
    expect(at('2026-11-18T23:30:00Z', night)).toBe('until 2026-11-19T05:00Z')
    expect(at('2026-11-19T05:00:00Z', night)).toBe('open')
  })

  it('on a leap day comes every fourth year', () => {
    const leap = window('0 0 29 2 *', '24h')
    expect(at('2028-02-29T12:00:00Z', leap)).toBe('until 2028-03-01T00:00Z')
    expect(at('2027-03-01T00:00:00Z', leap)).toBe('open')
  })
})

describe('a freeze window in Berlin', () => {
  const night = window('0 1 * * *', '3h', 'Europe/Berlin')
  const gap = window('30 2 * * *', '1h', 'Europe/Berlin')

  it('lasts as long as it says when the night loses an hour: until 5:00 by the clock', () => {
    expect(at('2026-03-29T00:00:00Z', night)).toBe('until 2026-03-29T03:00Z')
    expect(at('2026-03-28T23:59:00Z', night)).toBe('open')
  })

  it('lasts as long as it says when the night has an hour twice: until 3:00 by the clock', () => {
    expect(at('2026-10-24T23:00:00Z', night)).toBe('until 2026-10-25T02:00Z')
    expect(at('2026-10-25T02:00:00Z', night)).toBe('open')
  })

  it('that begins at a time which is left out begins after the gap', () => {
    expect(at('2026-03-29T00:59:00Z', gap)).toBe('open')
    expect(at('2026-03-29T01:00:00Z', gap)).toBe('until 2026-03-29T02:00Z')
  })

  it('that begins at a time which comes twice begins once', () => {
    expect(at('2026-10-25T00:30:00Z', gap)).toBe('until 2026-10-25T01:30Z')
    expect(at('2026-10-25T01:30:00Z', gap)).toBe('open')
  })
})

describe('several freeze windows', () => {
  it('that overlap end with the last one', () => {
    expect(at('2026-11-18T10:30:00Z', window('0 10 * * *', '2h'), window('0 11 * * *', '4h'))).toBe('until 2026-11-18T15:00Z')
  })

  it('that touch leave no gap', () => {
    expect(at('2026-11-18T10:30:00Z', window('0 11 * * *', '1h'), window('0 10 * * *', '1h'))).toBe('until 2026-11-18T12:00Z')
  })

  it('with a minute between them are two', () => {
    expect(at('2026-11-18T10:30:00Z', window('0 10 * * *', '1h'), window('1 11 * * *', '1h'))).toBe('until 2026-11-18T11:00Z')
  })

  it('with one inside the other end with the longer one', () => {
    expect(at('2026-11-18T10:30:00Z', window('0 10 * * *', '5h'), window('0 11 * * *', '1h'))).toBe('until 2026-11-18T15:00Z')
  })

  it('that never leave a gap are followed for 31 links: whoever asks then is told the rest', () => {
    const always = window('0 0 * * *', '24h')
    expect(at('2026-11-18T10:30:00Z', always)).toBe('until 2026-12-19T00:00Z')
    expect(at('2026-12-19T00:00:00Z', always)).toBe('until 2027-01-19T00:00Z')
  })
})

describe('a freeze window that cannot be judged', () => {
  const good = window('0 10 * * *', '1h')

  it.each([
    [window('0 25 * * *', '1h'), /^freeze\[1\]\.cron is "0 25 \* \* \*", which cannot be read: use five fields/],
    [window('0 0 30 2 *', '1h'), /^freeze\[1\]\.cron is "0 0 30 2 \*", which never comes/],
    [window('0 0 * * *', '1h', 'Europe/Berln'), /^freeze\[1\]\.timeZone is "Europe\/Berln", which is not known/],
    [window('0 0 * * *', '999999999d'), /^freeze\[1\]\.duration is "999999999d": use at most 3650d$/],
    [window('0 0 * * *', 'long'), /^freeze\[1\]\.duration is "long"/],
  ])('is a problem, whatever the others say', (wrong, problem) => {
    expect(at('2026-11-18T12:00:00Z', good, wrong)).toMatch(problem)
    expect(at('2026-11-18T10:30:00Z', good, wrong)).toMatch(problem)
  })

  it('is called by the field that the caller knows it by', () => {
    const found = frozen([window('x', '1h')], new Date('2026-11-18T12:00:00Z'), 'spec.stages[2].freeze')
    expect(found).toMatchObject({ problem: expect.stringMatching(/^spec\.stages\[2\]\.freeze\[0\]\.cron is "x"/) })
  })
})
