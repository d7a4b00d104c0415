import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { page } from './operatingtable.ts'
import { foldsRow, simulate } from './outoffoldtable.ts'

const text = readFileSync(page, 'utf8')
const block = /<!-- folds: begin[^\n]*-->\n([\s\S]*?)<!-- folds: end -->/.exec(text)?.[1] ?? ''
const lines = block
  .split('\n')
  .filter(line => /^\| \w+ \/ \w+ \| \d/.test(line))
  .map(line =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  )

describe('docs/gates.md on out-of-fold answers', () => {
  it('shows what the simulation gives today', () => {
    expect(text).toContain(foldsRow({ holder: 'centroid', challenger: 'centroid', rows: 100, folds: 5 }))
  })

  it('shows at −margin no way of training that passes more than once in twenty, in the gate as a whole too', () => {
    expect(lines).toHaveLength(10)
    for (const line of lines) expect(Math.max(Number(line[6]), Number(line[7])), line.join(' | ')).toBeLessThanOrEqual(0.05)
  })

  it('shows that the gate passes an equal one more often than the test rows alone', () => {
    for (const line of lines.filter(cells => cells[8] !== '')) expect(Number(line[9]), line.join(' | ')).toBeGreaterThan(Number(line[8]))
  })
})

describe('the simulation', () => {
  it('puts the margin at the true difference, so that every pass at −margin is a false one', () => {
    const { worse, equal } = simulate({ holder: 'neighbour', challenger: 'neighbour', rows: 100, folds: 5 }, 200)
    expect(worse.margin).toBeGreaterThan(0.01)
    expect(worse.margin).toBe(equal?.margin)
    expect(worse.corrected).toBeLessThan(worse.plain + 1e-9)
    expect(worse.gate).toBeGreaterThanOrEqual(worse.test)
    expect(equal?.gate).toBeGreaterThan(worse.gate)
  })
})
