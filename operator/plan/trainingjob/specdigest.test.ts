import { describe, expect, it } from 'vitest'
import { specOf } from '../../../test/simulated/trainingjob.ts'
import { specDigest } from './specdigest.ts'

const before = specDigest(specOf())
const csv = { source: { csv: { path: 'a.csv' } }, target: 'y' }

describe('the digest of a spec', () => {
  it('is a sha256 that fits into the status', () => {
    expect(before).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it.each([
    ['the model', { model: 'other' }],
    ['the source', { data: csv }],
    ['the target', { data: { source: { builtin: 'iris' as const }, target: 'target' } }],
    ['a check', { data: { source: { builtin: 'iris' as const }, checks: { minRows: 20 } } }],
    ['the split', { data: { source: { builtin: 'iris' as const }, split: { seed: 7 } } }],
    ['a parameter', { candidates: [{ algorithm: 'logisticRegression', parameters: { max_iter: 300 } }] }],
    ['the algorithm', { candidates: [{ algorithm: 'randomForest', parameters: {} }] }],
    ['cross-validation', { crossValidation: { folds: 5 } }],
    ['how many are registered', { register: { top: 2 } }],
    ['what they are ranked by', { register: { by: 'accuracy' as const } }],
    ['the image of the trainer', { compute: { image: 'acme/trainer:2' } }],
  ])('changes with %s', (_what, change) => {
    expect(specDigest(specOf(change))).not.toBe(before)
  })

  it.each([
    ['suspend', { suspend: true }],
    ['the schedule', { schedule: { cron: '0 3 * * *', timeZone: 'Europe/Berlin' } }],
    ['what follows a failed gate', { retrain: { onGateFailure: { attempts: 1 } } }],
    ['the deadline', { compute: { deadline: '2h' } }],
    ['the retries', { compute: { retries: 0 } }],
    ['the resources', { compute: { resources: { limits: { memory: '4Gi' } } } }],
    ['the claims', { storage: { data: { claim: 'a' }, artifacts: { size: '9Gi' } } }],
  ])('does not change with %s', (_what, change) => {
    expect(specDigest(specOf(change))).toBe(before)
  })

  it('does not change when a default is written out, or comes with a newer schema', () => {
    expect(specDigest(specOf({ task: 'classification', data: { source: { builtin: 'iris' }, split: { seed: 42, test: 0.2 } } }))).toBe(
      before,
    )
    const stored = specOf()
    const { checks: _, split: __, ...older } = stored.data
    expect(specDigest({ ...stored, data: older as typeof stored.data })).toBe(before)
  })

  it('does not depend on the order of keys, and does depend on that of columns', () => {
    const parameters = { tol: 0.1, max_iter: 200 }
    const ways = [parameters, { max_iter: 200, tol: 0.1 }].map(p =>
      specOf({ candidates: [{ algorithm: 'logisticRegression', parameters: p }] }),
    )
    expect(new Set(ways.map(specDigest)).size).toBe(1)
    const orders = [
      ['a', 'b'],
      ['b', 'a'],
    ].map(columns => specOf({ data: { ...csv, columns } }))
    expect(new Set(orders.map(specDigest)).size).toBe(2)
  })

  it('tells null from absent', () => {
    const depth = (parameters: { max_depth?: null }) => specDigest(specOf({ candidates: [{ algorithm: 'randomForest', parameters }] }))
    expect(depth({ max_depth: null })).not.toBe(depth({}))
  })
})
