import { beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../../operator/api/kinds.ts'
import { sampleDecision, sampleModel, sampleVersion } from '../../../operator/plan/model/sampleworld.ts'
import { cases } from './healthcases.ts'
import { type Judgement, judge, pastedChecks } from './healthjudge.ts'

let judgements: Judgement[]

beforeAll(async () => {
  judgements = await judge(cases.map(([, object]) => object))
}, 900_000)

const rows = cases.map(([title, { kind }, called, message], index) => {
  const [health = '', kstatus = ''] = called.split(' ')
  return { index, kind, title, health, kstatus, message }
})

describe('the health that Argo CD shows', () => {
  it.each(rows)('of a $kind $title is $health', ({ index, health, message }) => {
    expect(judgements[index]).toMatchObject({ health: { status: health } })
    const said = judgements[index]?.health?.message
    if (typeof message === 'string') expect(said).toBe(message)
    else expect(said).toMatch(message)
  })

  it.each(kinds)('of a $kind is proven for everything that its check can say', ({ kind }) => {
    const named = [...(pastedChecks().get(kind) ?? '').matchAll(/say\("(\w+)"/g)].map(([, health]) => health)
    const proven = rows.filter(row => row.kind === kind).map(({ health }) => health)
    expect(named).toContain('Healthy')
    // Nobody writes a status that is Unknown, and no ModelVersion and no Model is Stalled today.
    const rare = ['Unknown', ...(kind === 'ModelVersion' ? ['Degraded'] : [])]
    expect(named.filter(health => !rare.includes(health ?? '') && !proven.includes(health ?? ''))).toEqual([])
  })

  it('is Unknown where the status says what the check does not know', async () => {
    const strange = (object: object, status: object) =>
      ({ ...object, status: { observedGeneration: 1, ...status } }) as unknown as { kind: string }
    const [decision, model] = await judge([
      strange(sampleDecision({ action: 'Release', stage: 'Production' }), { outcome: 'Postponed' }),
      strange(sampleModel({ stages: [] }), { conditions: [{ type: 'Ready', status: 'Perhaps' }] }),
    ])
    expect(decision?.health).toEqual({ status: 'Unknown', message: expect.stringContaining('the outcome is Postponed') })
    expect(model?.health).toEqual({ status: 'Unknown', message: expect.stringContaining('no Ready that this check can read') })
  })
})

describe('what Flux and Helm wait for', () => {
  it.each(rows)('of a $kind $title is $kstatus', ({ index, kstatus }) => {
    expect(judgements[index]?.kstatus.status).toBe(kstatus)
  })
})

describe('the judge', () => {
  it.each([
    ['return {status = "Fine", message = ""}', 'status is "Fine", which is no health of Argo CD'],
    ['return "Healthy"', 'the check returned a string: a table is needed'],
    ['return {status = "Healthy"}', 'message is a nil: a text is needed'],
    ['return {status = string.upper("x"), message = ""}', 'attempt to index a non-table object(nil)'],
    ['while true do end', 'context deadline exceeded'],
  ])('refuses %s', async (script, error) => {
    const [judged] = await judge([sampleVersion(1, 0.95)], new Map([['ModelVersion', script]]))
    expect(judged?.health).toBeUndefined()
    expect(judged?.error).toContain(error)
  })
})
