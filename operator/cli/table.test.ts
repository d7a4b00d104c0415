import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { table, WIDTH } from './table.ts'

describe('a table', () => {
  it('is aligned and ends no line in blanks', () => {
    expect(
      table(
        ['STAGE', 'VERSION', 'WHY'],
        [
          ['Staging', 'v12', ''],
          ['None', 'v3', 'not judged'],
        ],
      ),
    ).toBe('STAGE    VERSION  WHY\nStaging  v12\nNone     v3       not judged')
  })

  it('cuts the longest column and nothing else', () => {
    const lines = table(['VERSION', 'WHY', 'BY'], [['churn-v4', 'x'.repeat(300), 'anna']]).split('\n')
    expect(lines[1]).toMatch(/^churn-v4 {2}x+… {2}anna$/)
    expect(lines[1]).toHaveLength(WIDTH)
  })

  it('never exceeds 100 columns, whatever it is given', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 150 })
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 5 }), rows => {
        const lines = table(['A', 'B', 'C', 'D'], rows).split('\n')
        expect(lines).toHaveLength(rows.length + 1)
        for (const line of lines) expect(Array.from(line).length).toBeLessThanOrEqual(WIDTH)
      }),
    )
  })

  it('lets nobody steer the terminal by what they wrote into a reason', () => {
    const text = table(['REASON'], [['fine\u001b[2J\nProduction  v9\u202e\u2028end']])
    expect(text).toBe('REASON\nfine [2J Production  v9 end')
  })
})
