import { describe, expect, it } from 'vitest'
import type { Measured } from './compare.ts'
import { compare } from './compare.ts'
import { sentence } from './sentence.ts'
import { pairedOrder } from './specimen.ts'

const base: Measured = {
  verdict: 'Inconclusive',
  metric: 'f1',
  rows: 360,
  margin: 0.01,
  challenger: 0.861,
  holder: 0.874,
  gain: -0.013,
  low: -0.031,
  high: 0.004,
  p: 0.14,
  rowsNeeded: 2083,
}

const said = (change: Partial<Measured>) => sentence({ ...base, ...change }, 'v5')

describe('the sentence of a comparison', () => {
  it('says values, rows, difference, interval, margin, verdict and what would decide', () => {
    expect(said({})).toBe(
      'f1 0.861 vs 0.874 of v5 on 360 rows: Δ −0.013 (95% CI −0.031 to +0.004), margin 0.01: Inconclusive; about 2,100 rows would decide',
    )
  })

  it('says less once it is decided', () => {
    expect(said({ verdict: 'Better', challenger: 0.9, gain: 0.026, low: 0.01, high: 0.04 })).toBe(
      'f1 0.900 vs 0.874 of v5 on 360 rows: Δ +0.026 (95% CI +0.010 to +0.040), margin 0.01: Better',
    )
  })

  it('shows the difference of log_loss as it is, although less is better', () => {
    expect(said({ metric: 'log_loss', challenger: 0.4, holder: 0.35, gain: -0.05, low: -0.06, high: -0.04, verdict: 'Worse' })).toBe(
      'log_loss 0.400 vs 0.350 of v5 on 360 rows: Δ +0.050 (95% CI +0.040 to +0.060; less is better), margin 0.01: Worse',
    )
  })

  it('owns up to a loss that is certain and within the margin', () => {
    expect(said({ verdict: 'NonInferior', low: -0.008, high: -0.001 })).toMatch(/NonInferior, a loss smaller than margin 0.01$/)
  })

  it('has digits enough that no end looks like the margin without being it', () => {
    expect(said({ verdict: 'NonInferior', low: -0.009996, high: 0.004 })).toContain('−0.009996')
    expect(said({ low: -0.02, high: 0.0004 })).toContain('+0.0004')
  })

  it('does not promise rows where none would help', () => {
    expect(said({ margin: 0, rowsNeeded: undefined })).toMatch(/with margin 0 only a better model passes$/)
    expect(said({ rowsNeeded: 300 })).toMatch(/an equal model passes on so many rows four times in five$/)
  })

  it('says why nothing was measured', () => {
    const short = compare(pairedOrder({ rows: 29, won: 9, lost: 0 }), { metric: 'f1', margin: 0.01 })
    expect(sentence(short, 'v5')).toBe('f1 vs v5: Inconclusive, 29 rows are fewer than minSamples 30')
  })
})
