import { describe, expect, it } from 'vitest'
import { Decision } from '../api/decision.ts'
import { validate } from '../api/validate.ts'
import { digestOf } from '../plan/model/sampleworld.ts'
import { verdictOf } from './answer.ts'
import type { Flags } from './arguments.ts'
import type { DecisionName } from './commands.ts'
import { decisionOf } from './decision.ts'
import { model, move, version } from './example.ts'

const person = { username: 'anna', groups: ['system:authenticated', 'risk', 'staff'] }
const registry = model({
  holders: { Staging: 6, Production: 5 },
  archived: [3, 4],
  history: [
    move(5, 'Staging', { to: 'Production', at: '2026-10-02T00:00:00Z' }),
    move(4, 'Production', { to: 'Archived', at: '2026-10-02T00:00:00Z' }),
  ],
})

const made = (command: DecisionName, number?: number, flags: Flags = {}) => {
  const about = number === undefined ? {} : { version: version(number, { gateRun: 'run-a' }) }
  return decisionOf(command, { model: registry, ...about }, { person, flags })
}

describe('a decision', () => {
  it('names the person, the bundle, the judgement and the groups that the stage asks for', () => {
    const spec = made('approve', 6, { reason: 'looked at it' })
    expect(spec).toEqual({
      action: 'Approve',
      model: 'churn',
      stage: 'Production',
      version: 6,
      digest: digestOf(6),
      gateRun: 'run-a',
      reason: 'looked at it',
      by: 'anna',
      groups: ['risk'],
    })
    expect(validate(Decision.spec, spec)).toEqual({ value: spec })
  })

  it.each([
    ['approve', 7, 'Staging'],
    ['promote', 6, 'Production'],
    ['reject', 6, 'Production'],
    ['reject', 5, 'Production'],
    ['reject', 4, 'Production'],
    ['archive', 5, 'Production'],
    ['archive', 6, 'Staging'],
    ['restore', 4, 'Production'],
    ['rollback', undefined, 'Production'],
  ] as const)('to %s version %s is about %s unless a stage is named', (command, number, stage) => {
    expect(made(command, number).stage).toBe(stage)
  })

  it.each([
    ['approve', 5, 'churn-v5 stands in Production, so there is no next stage'],
    ['promote', 4, 'churn-v4 stands in Archived, so there is no next stage'],
    ['archive', 7, 'churn-v7 stands in None, so there is no stage for it to leave'],
    ['restore', 3, 'churn-v3 stands in Archived, so there is no stage known to restore it to: name one with --stage'],
  ] as const)('to %s version %s has no stage by itself', (command, number, said) => {
    expect(() => made(command, number)).toThrow(said)
  })

  it('about a stage that is not on the ladder is not made, and the near names are said', () => {
    expect(() => made('promote', 6, { stage: 'Prodution' })).toThrow('Model churn has no stage Prodution: did you mean Production?')
  })

  it('that approves needs a judgement, and other actions are not bound to one', () => {
    const unjudged = { model: registry, version: version(6) }
    expect(() => decisionOf('approve', unjudged, { person, flags: {} })).toThrow('churn-v6 has not been judged yet')
    expect(made('bypass', 7, { stage: 'Staging', reason: 'r' })).not.toHaveProperty('gateRun')
  })

  it('to roll back names no bundle, and the version only when it was asked for', () => {
    expect(made('rollback')).toEqual({ action: 'Rollback', model: 'churn', stage: 'Production', by: 'anna' })
    for (const written of ['4', 'v4', 'churn-v4']) expect(made('rollback', undefined, { to: written }).version).toBe(4)
    expect(() => made('rollback', undefined, { to: 'last' })).toThrow('--to is "last": give the number of a version')
  })

  it('to roll back is about the highest stage that somebody holds', () => {
    const spec = decisionOf('rollback', { model: model({ holders: { Staging: 2 } }) }, { person, flags: {} })
    expect(spec.stage).toBe('Staging')
  })
})

describe('the answer to a decision', () => {
  const answered = (status: object, waitMs = 30_000) => {
    const metadata = { ...registry.metadata, name: 'churn-approve-x1' }
    return verdictOf({ apiVersion: 'tidegate.io/v1alpha1', kind: 'Decision', metadata, spec: made('approve', 6), status }, waitMs)
  }

  it.each([
    [{ outcome: 'Applied', message: 'v6 holds Production' }, 0, 'applied: v6 holds Production'],
    [{ outcome: 'Void', message: 'the digest changed' }, 1, 'void: the digest changed'],
    [{ outcome: 'Refused' }, 1, 'refused'],
    [{ message: '1 of 2 approvals' }, 0, 'counted, and waits: 1 of 2 approvals'],
    [{}, 1, 'no answer within 30 s: the decision stands, and the operator answers when it runs'],
  ])('%j ends with %d', (status, exitCode, words) => {
    expect(answered(status)).toEqual({ exitCode, line: `Approve churn-v6 for Production: ${words} (decision churn-approve-x1)` })
  })

  it('is nothing to complain about when nobody waited', () => {
    expect(answered({}, 0)).toMatchObject({ exitCode: 0, line: expect.stringContaining('made; not waited for') })
  })
})
