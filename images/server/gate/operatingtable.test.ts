import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { verdictOf } from './compare.ts'
import { f1Row, page, simulate, tableRow } from './operatingtable.ts'
import { accuracyInterval } from './tango.ts'

const logFactorials = [0]
for (let i = 1; i <= 2000; i++) logFactorials.push((logFactorials[i - 1] as number) + Math.log(i))
const logFactorial = (n: number) => logFactorials[n] as number

/** The probability that 2,000 rows, of which 200 are expected to differ, pass with a margin of 2.5 points: every outcome by its weight. */
const passing = (difference: number) => {
  const [winning, losing] = [0.05 + difference / 2, 0.05 - difference / 2]
  let sum = 0
  for (let won = 0; won < 200; won++) {
    for (let lost = 0; lost < 260; lost++) {
      const ways = logFactorial(2000) - logFactorial(won) - logFactorial(lost) - logFactorial(2000 - won - lost)
      const probability = Math.exp(ways + won * Math.log(winning) + lost * Math.log(losing) + (2000 - won - lost) * Math.log(0.9))
      if (probability < 1e-9) continue
      const verdict = verdictOf(accuracyInterval({ won, lost, rows: 2000 }), 0.025)
      if (verdict === 'Better' || verdict === 'NonInferior') sum += probability
    }
  }
  return sum
}

describe('docs/gates.md', () => {
  const text = readFileSync(page, 'utf8')

  it.each([
    [100, 0.05, 0.025],
    [200, 0.2, 0.01],
    [500, 0.1, 0.025],
  ])('shows what the simulation of %i rows, %f of them discordant, margin %f gives today', (rows, discordance, margin) => {
    expect(text).toContain(tableRow(rows, discordance, margin))
  })

  it('shows what the simulation of f1 on 50 rows gives today', () => {
    expect(text).toContain(f1Row(50))
  })

  it('names the exact probabilities of a pass for the case it reads aloud', () => {
    expect([passing(0).toFixed(3), passing(-0.025).toFixed(3)]).toEqual(['0.939', '0.025'])
    expect(text).toContain('(exactly: 0.939 and 0.025)')
  })

  it('is right that a simulation counts every verdict once', () => {
    const { pass, better, fail, covered } = simulate({ rows: 200, discordance: 0.2, difference: 0.02, margin: 0.02 }, 4)
    expect(better).toBeLessThan(pass)
    expect(pass + fail).toBeLessThanOrEqual(1)
    expect(covered).toBeGreaterThan(0.9)
  })
})
