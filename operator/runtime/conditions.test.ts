import { describe, expect, test } from 'vitest'
import { mergeConditions, mergeStatus } from './conditions.ts'
import type { Condition } from './shape.ts'

const now = new Date('2026-05-01T10:00:00.123Z')
const before = '2026-04-01T00:00:00Z'
const condition = (type: string, status: Condition['status'], rest: Partial<Condition> = {}): Condition => ({
  type,
  status,
  reason: 'R',
  message: 'M',
  ...rest,
})

describe('the time of a condition', () => {
  test('stays while its status stays, whatever else changes', () => {
    const live = [condition('Ready', 'False', { lastTransitionTime: before })]
    const [merged] = mergeConditions([condition('Ready', 'False', { message: 'other', reason: 'Other', observedGeneration: 2 })], live, now)
    expect(merged).toEqual({
      type: 'Ready',
      status: 'False',
      reason: 'Other',
      message: 'other',
      observedGeneration: 2,
      lastTransitionTime: before,
    })
  })

  test('moves when its status moves, in whole seconds', () => {
    const live = [condition('Ready', 'False', { lastTransitionTime: before })]
    expect(mergeConditions([condition('Ready', 'True')], live, now)[0]?.lastTransitionTime).toBe('2026-05-01T10:00:00Z')
  })

  test('begins with the first status', () => {
    expect(mergeConditions([condition('Ready', 'Unknown')], [], now)[0]?.lastTransitionTime).toBe('2026-05-01T10:00:00Z')
  })
})

describe('conditions', () => {
  test('stand in the order of the plan, and those it leaves out are gone', () => {
    const live = ['Old', 'B', 'A'].map(type => condition(type, 'True', { lastTransitionTime: before }))
    const merged = mergeConditions([condition('A', 'True'), condition('B', 'True')], live, now)
    expect(merged.map(({ type }) => type)).toEqual(['A', 'B'])
  })

  test('are all of a status that changes in a merge', () => {
    expect(mergeStatus({ url: 'x' }, { conditions: [] }, now)).toEqual({ url: 'x' })
    expect(mergeStatus({ conditions: [condition('Ready', 'True')] }, undefined, now)).toMatchObject({ conditions: [{ type: 'Ready' }] })
  })
})
