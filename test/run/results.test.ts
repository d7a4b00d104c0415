import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { begin, isOver, keep, resumed } from './results.ts'

const wanted = { campaign: 'tides', shows: 'That the sea comes back.', commit: 'abc', clean: true, seed: 7, rounds: 3 }
const file = (): string => join(mkdtempSync(join(tmpdir(), 'tidegate-')), 'results', 'tides.json')

describe('the record of a campaign', () => {
  it('is complete after each round', () => {
    const path = file()
    keep(path, begin(wanted), { number: 1, seed: 8, seconds: 0.5, figures: { height: 2 } })
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...wanted,
      done: 1,
      failed: 0,
      seconds: 0.5,
      results: [{ number: 1, seed: 8, seconds: 0.5, figures: { height: 2 } }],
    })
    expect(readdirSync(join(path, '..'))).toEqual(['tides.json'])
  })

  it('goes on where it was stopped, and counts what failed', () => {
    const path = file()
    keep(path, begin(wanted), { number: 1, seed: 8, seconds: 1, failure: 'low water' })
    const later = resumed(path, wanted)
    expect(later).toMatchObject({ done: 1, failed: 1 })
    expect(isOver(later ?? begin(wanted))).toBe(false)
  })

  it.each([
    ['another commit', { commit: 'def' }],
    ['another seed', { seed: 8 }],
    ['a checkout with changes', { clean: false }],
  ])('starts anew for %s', (_, change) => {
    const path = file()
    keep(path, begin(wanted), { number: 1, seed: 8, seconds: 1 })
    expect(resumed(path, { ...wanted, ...change })).toBeUndefined()
  })

  it('starts anew when all rounds are done, and goes on when more are wanted', () => {
    const path = file()
    keep(path, begin({ ...wanted, rounds: 1 }), { number: 1, seed: 8, seconds: 1 })
    expect(resumed(path, { ...wanted, rounds: 1 })).toBeUndefined()
    expect(resumed(path, { ...wanted, rounds: 2 })).toMatchObject({ done: 1, rounds: 2 })
  })
})
