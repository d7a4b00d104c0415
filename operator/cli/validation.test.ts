import { describe, expect, it } from 'vitest'
import { trainingJob } from '../../test/simulated/trainingjob.ts'
import { TrainingJob as definition, type TrainingJob } from '../api/trainingjob.ts'
import { validate } from '../api/validate.ts'
import { asWritten, claimOf, outcomeOf, refusal, standing, validationOf, type Written, withFallback } from './validation.ts'

const written = (change: object = {}, name = 'churn'): Written => ({
  name,
  namespace: 'ml',
  spec: {
    model: 'churn',
    data: { source: { csv: { path: 'a.csv' } }, target: 'y' },
    candidates: [{ algorithm: 'randomForest' }],
    ...change,
  } as Written['spec'],
})

const sent = (change: object = {}, name?: string) => validationOf(written(change, name), 'bcdfg')

describe('what is made to check rows', () => {
  it('stops after them, under a name of its own, and is what the API server takes', () => {
    const object = sent({ suspend: true, schedule: { every: '1d' }, compute: { deadline: '5m' } })
    expect(object.metadata).toEqual({ name: 'churn-validate-bcdfg', namespace: 'ml', labels: { 'tidegate.io/validates': 'churn' } })
    expect(object['spec']).toMatchObject({ stopAfter: 'Validation', suspend: false, compute: { deadline: '5m' } })
    expect(object['spec']).not.toHaveProperty('schedule')
    expect(validate(definition.spec, object['spec'])).toHaveProperty('value')
  })

  it.each([
    [{}, 'churn-data'],
    [{ storage: { data: { claim: 'rows' } } }, 'rows'],
    [{ data: { source: { csv: { path: 'a.csv', claim: 'other' } }, target: 'y' }, storage: { data: { claim: 'rows' } } }, 'other'],
    [{ data: { source: { builtin: 'iris' } } }, undefined],
  ])('looks for its rows where the TrainingJob would: %j', (change, claim) => {
    expect(claimOf(written(change))).toBe(claim)
    const { source } = (sent(change)['spec'] as TrainingJob['spec']).data
    expect(source.csv?.claim).toBe(claim)
  })

  it('has a name of 40 letters at most, whatever the other one has', () => {
    const { name } = sent({}, 'a'.repeat(40)).metadata
    expect(name).toBe(`${'a'.repeat(25)}-validate-bcdfg`)
    expect(name).toHaveLength(40)
  })

  it('is rehearsed as it was written, without what belongs to an object of the past', () => {
    const { metadata, spec } = asWritten(written())
    expect(metadata).toEqual({ name: 'churn', namespace: 'ml' })
    expect(spec).toEqual(written().spec)
  })
})

const run = { number: 1, specDigest: 'a', startedAt: '2026-01-01T00:00:00Z' }
const status = (status: TrainingJob['status']): TrainingJob => ({ ...trainingJob(), status })
const condition = (type: string, reason: string, message: string) => ({
  type,
  status: 'True' as const,
  reason,
  message,
  observedGeneration: 1,
  lastTransitionTime: '2026-01-01T00:00:00Z',
})

describe('what became of it', () => {
  const failed = (reason: string) => outcomeOf(status({ runs: [{ ...run, outcome: 'Failed', reason, message: 'why' }] }))

  it('is nothing yet while it runs', () => {
    expect(outcomeOf(status({}))).toBeUndefined()
    expect(outcomeOf(status({ runs: [{ ...run, outcome: 'Running', reason: 'ImagePullFailed' }] }))).toBeUndefined()
  })

  it('is valid rows, with the report', () => {
    const dataReport = { source: 'primary' as const, described: 'a', rows: 12 }
    const conditions = [condition('DataValid', 'DataChecked', '12 rows')]
    expect(outcomeOf(status({ runs: [{ ...run, outcome: 'Succeeded' }], dataReport, conditions }))).toEqual({
      verdict: 'Valid',
      reason: 'DataChecked',
      message: '12 rows',
      data: dataReport,
    })
  })

  it.each(['ChecksRefused', 'DataMissing', 'DataInvalid', 'ConfigInvalid'])('is a refusal for %s', reason => {
    expect(failed(reason)).toEqual({ verdict: 'Refused', reason, message: 'why' })
  })

  it.each(['OutOfMemory', 'DeadlineExceeded', 'ResultLost'])('says nothing of the rows for %s', reason => {
    expect(failed(reason)).toMatchObject({ verdict: 'Unknown', reason })
  })

  it('is a refusal when no run ever begins', () => {
    const conditions = [condition('Stalled', 'ConfigInvalid', 'spec.candidates[0].parameters.max_itr')]
    expect(outcomeOf(status({ conditions }))).toMatchObject({ verdict: 'Refused', reason: 'ConfigInvalid' })
  })

  it('is the ready condition in the meantime, and before it the operator', () => {
    expect(standing(status({ observedGeneration: 0 })).message).toContain('is it installed')
    const conditions = [condition('Ready', 'ClaimUnbound', 'claim a does not exist')]
    expect(standing(status({ observedGeneration: 1, conditions }))).toEqual({ reason: 'ClaimUnbound', message: 'claim a does not exist' })
  })
})

describe('a fallback', () => {
  const job = written({ data: { source: { csv: { path: 'a' } }, target: 'y', fallback: { builtin: 'iris' } } })

  it('is named where a run would take it', () => {
    expect(withFallback(refusal('DataMissing', 'no file'), job).message).toBe('no file; a run would train on data.fallback (iris) instead')
  })

  it('is no way out of a configuration that cannot be used, nor a word to say of good rows', () => {
    const outcomes = [refusal('ConfigInvalid', 'x'), { verdict: 'Valid' as const, reason: 'DataChecked', message: 'x' }]
    for (const outcome of outcomes) expect(withFallback(outcome, job)).toEqual(outcome)
    expect(withFallback(refusal('DataMissing', 'x'), written())).toEqual(refusal('DataMissing', 'x'))
  })
})
