import { describe, expect, it } from 'vitest'
import { irisManifest, LABELS } from '../../../test/conformance/samplebundle.ts'
import { closeness, isClose, saidCloseness } from './closeness.ts'
import { goldenRows, inferBody, inferred, predicted, recordedGolden } from './golden.ts'

const manifest = irisManifest()
const { labels, probabilities } = manifest.golden
const one = (row: number) => ({
  prediction: LABELS[labels[row] as number],
  confidence_scores: Object.fromEntries(LABELS.map((label, i) => [label, probabilities[row]?.[i]])),
})
const all = { predictions: labels.map((_, row) => one(row)) }
const tensors = {
  outputs: [
    { name: 'label', data: labels.map(label => LABELS[label]) },
    { name: 'probabilities', data: probabilities.flat() },
  ],
}

describe('answers', () => {
  it('are close to what they were recorded as', () => {
    expect(isClose(closeness(recordedGolden(manifest), predicted(manifest, all), 1e-9))).toBe(true)
    expect(isClose(closeness(recordedGolden(manifest, 1), predicted(manifest, one(0)), 1e-9))).toBe(true)
    expect(isClose(closeness(recordedGolden(manifest), inferred(manifest, tensors), 1e-9))).toBe(true)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'ok'],
    ['a list', []],
    ['no predictions', { predictions: [] }],
    ['predictions that are none', { predictions: [null, 1, 'x'] }],
    ['a row less', { predictions: all.predictions.slice(1) }],
    ['a row more', { predictions: [...all.predictions, one(0)] }],
    ['another label', { predictions: [{ ...one(0), prediction: 'virginica' }, one(1), one(2)] }],
    ['a label that is none', { predictions: [{ ...one(0), prediction: 'rose' }, one(1), one(2)] }],
    ['no scores', { predictions: [{ prediction: 'setosa' }, one(1), one(2)] }],
    ['a score of null', { predictions: [{ ...one(0), confidence_scores: { ...one(0).confidence_scores, setosa: null } }, one(1), one(2)] }],
    ['a score as text', { predictions: [{ ...one(0), confidence_scores: { ...one(0).confidence_scores, setosa: '1' } }, one(1), one(2)] }],
  ])('that are %s are close to nothing', (_, body) => {
    expect(isClose(closeness(recordedGolden(manifest), predicted(manifest, body), 1e-4))).toBe(false)
    expect(isClose(closeness(recordedGolden(manifest), inferred(manifest, body), 1e-4))).toBe(false)
  })

  it('that are not numbers are infinitely far, whatever follows them', () => {
    const recorded = { labels: [0], probabilities: [0.5, 0.5] }
    const far = closeness(recorded, { labels: [0], probabilities: [Number.NaN, 0.5] }, 1)
    expect(far.largest).toBe(Number.POSITIVE_INFINITY)
    expect(saidCloseness({ rows: 1, otherLabels: 2, largest: 0.25, tolerance: 1e-4 })).toBe(
      'largest difference of a probability 2.5e-1, at most 1e-4 is allowed; 2 other labels',
    )
  })

  it('with another label are close only where both were equally likely', () => {
    const recorded = { labels: [0, 0], probabilities: [0.5, 0.5, 0.6, 0.4] }
    expect(isClose(closeness(recorded, { labels: [1, 0], probabilities: recorded.probabilities }, 1e-4))).toBe(true)
    expect(closeness(recorded, { labels: [1, 1], probabilities: recorded.probabilities }, 1e-4)).toMatchObject({
      otherLabels: 1,
      largest: 0,
    })
  })

  it('to no rows are close to nothing', () => {
    const none = { labels: [], probabilities: [] }
    expect(isClose(closeness(none, none, 1))).toBe(false)
  })
})

describe('golden rows', () => {
  it('are asked as a client would write them', () => {
    expect(goldenRows(manifest)[0]).toEqual([5.1, 3.5, 1.4, 0.2])
    expect(inferBody(manifest).inputs[3]).toEqual({ name: 'petal_width', datatype: 'FP32', shape: [3], data: [0.2, 1.3, 2.4] })
  })
})
