import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SUMMARY_MAX_BYTES } from '../../../operator/api/contract.ts'
import { verdicts } from '../../../operator/api/gate.ts'
import { GateReport } from '../../../operator/api/gatejob.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import { written } from './report.ts'
import { jsonBytes, oneLine, shortened } from './wording.ts'

const text = (maxLength: number) => fc.oneof(fc.string({ unit: 'grapheme', maxLength }), fc.string({ unit: 'binary', maxLength }))
const full = (length: number, unit: string) => unit.repeat(length).slice(0, length)

const finding = fc.record({
  name: text(64).map(name => name.slice(0, 128)),
  verdict: fc.constantFrom(...verdicts),
  message: fc.oneof(
    text(900),
    fc.tuple(fc.nat(4000), fc.constantFrom('a', 'Δ', '😀', '"', '\u0001')).map(([n, unit]) => full(n, unit)),
  ),
})
const report = fc.record(
  {
    contract: fc.constant(1),
    gateRun: text(30).map(name => name.slice(0, 64)),
    testRows: fc.record({ digest: fc.constant(`sha256:${'f'.repeat(64)}`), rows: fc.constant(Number.MAX_SAFE_INTEGER) }),
    findings: fc.array(finding, { minLength: 1, maxLength: 16 }),
  },
  { requiredKeys: ['contract', 'gateRun', 'findings'] },
)

const parsed = (json: string): GateReport => {
  const checked = validateJson(GateReport, json, SUMMARY_MAX_BYTES)
  if ('complaints' in checked) throw new Error(checked.complaints.join('; '))
  return checked.value
}

describe('a report', () => {
  it('never exceeds a termination message, is always one, and keeps every verdict in its place', () => {
    fc.assert(
      fc.property(report, drawn => {
        const json = written(drawn)
        expect(Buffer.byteLength(json)).toBeLessThanOrEqual(SUMMARY_MAX_BYTES)
        expect(parsed(json).findings.map(({ verdict }) => verdict)).toEqual(drawn.findings.map(({ verdict }) => verdict))
      }),
      { numRuns: 200 },
    )
  })

  it.each(['a', 'ü', '😀', '"', '\u0001'])('fits with 16 gates of the longest names and messages of %j', unit => {
    const worst = { name: full(128, unit), verdict: 'Inconclusive' as const, message: full(512, unit) }
    const json = written({
      contract: 1,
      gateRun: full(64, unit),
      testRows: { digest: `sha256:${'f'.repeat(64)}`, rows: Number.MAX_SAFE_INTEGER },
      findings: Array.from({ length: 16 }, () => worst),
    })
    expect(Buffer.byteLength(json)).toBeLessThanOrEqual(SUMMARY_MAX_BYTES)
    expect(parsed(json).findings).toHaveLength(16)
  })

  it('lets long messages give way and leaves short ones and names whole', () => {
    const short = { name: 'size atMost 5', verdict: 'Pass' as const, message: 'bundle 2 MiB ≤ 5 MiB' }
    const long = { name: 'parity', verdict: 'Fail' as const, message: 'Δ'.repeat(512) }
    const { findings } = parsed(written({ contract: 1, gateRun: 'r', findings: [short, long, long, long, long, long] }))
    expect(findings[0]).toEqual(short)
    expect(findings.map(({ name }) => name)).toEqual(['size atMost 5', 'parity', 'parity', 'parity', 'parity', 'parity'])
    const lengths = findings.slice(1).map(({ message }) => message.length)
    expect(new Set(lengths).size).toBe(1)
    expect(findings[5]?.message).toMatch(/^Δ{300,}…$/)
  })

  it('says everything when there is room', () => {
    const whole = { contract: 1, gateRun: 'r', findings: [{ name: 'smoke', verdict: 'Pass' as const, message: 'm'.repeat(512) }] }
    expect(parsed(written(whole))).toEqual(whole)
  })
})

describe('a text', () => {
  it('is cut between characters only, and never takes more than it may', () => {
    fc.assert(
      fc.property(text(200), fc.nat(300), (drawn, most) => {
        const cut = shortened(drawn, most)
        expect(jsonBytes(cut)).toBeLessThanOrEqual(most)
        expect(cut === drawn || cut === '' || (cut.endsWith('…') && drawn.startsWith(cut.slice(0, -1)))).toBe(true)
      }),
    )
    expect(shortened('😀😀', 7)).toBe('😀…')
  })

  it('has no line ends and no control characters where it is shown', () => {
    expect(oneLine('a\nb\u001b[31mc\u2028d\t')).toBe('a b [31mc d')
  })
})
