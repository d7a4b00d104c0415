import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { irisManifest, mixedManifest } from '../../../test/conformance/samplebundle.ts'
import { Problem } from '../problems.ts'
import { signatureOf } from './batch.ts'
import { predictionsOf, predictRequest } from './predict.ts'

const iris = signatureOf(irisManifest())
const mixed = signatureOf(mixedManifest())
const row = [5.1, 3.5, 1.4, 0.2]
const named = { sepal_length: 5.1, sepal_width: 3.5, petal_length: 1.4, petal_width: 0.2 }
const numbers = (body: unknown) => Array.from(predictRequest(iris, body).batch.blocks['numeric']?.data as Float32Array)

const refused: readonly [string, unknown, string, string | undefined, RegExp][] = [
  [
    'an empty object',
    {},
    'MissingFeatures',
    'features',
    /features is missing. Send {"features":\[5.1,3.5,1.4,0.2\]}, or the columns by name/,
  ],
  ['a list', row, 'WrongType', undefined, /must be an object; got a list of 4/],
  ['null', null, 'WrongType', undefined, /must be an object; got null/],
  ['too few values', { features: [1, 2, 3] }, 'WrongCount', 'features', /must have 4 values, in this order: sepal_length, .*; got 3/],
  ['too many values', { features: [1, 2, 3, 4, 5] }, 'WrongCount', 'features', /got 5/],
  ['no values', { features: [] }, 'WrongCount', 'features', /got 0/],
  ['features that are text', { features: 'a' }, 'WrongType', 'features', /must be a list.*got "a"/],
  [
    'a number as text',
    { features: [5.1, '3.5', 1.4, 0.2] },
    'WrongType',
    'sepal_width',
    /sepal_width must be a number above 0 and at most 1e\+38; got "3.5"/,
  ],
  ['a truth value', { features: [true, 3.5, 1.4, 0.2] }, 'WrongType', 'sepal_length', /got true/],
  ['null where nothing was ever missing', { features: [null, 3.5, 1.4, 0.2] }, 'WrongType', 'sepal_length', /got null/],
  ['a number below the range', { features: [-1, 3.5, 1.4, 0.2] }, 'OutOfRange', 'sepal_length', /must be a number above 0 .*; got -1/],
  ['the excluded bound itself', { features: [0, 3.5, 1.4, 0.2] }, 'OutOfRange', 'sepal_length', /got 0/],
  ['a number that is 0 as a float32', { features: [1e-50, 3.5, 1.4, 0.2] }, 'OutOfRange', 'sepal_length', /got 1e-50/],
  ['a number above the range', { features: [2e38, 3.5, 1.4, 0.2] }, 'OutOfRange', 'sepal_length', /at most 1e\+38; got 2e\+38/],
  ['a number beyond float32', { features: [1e39, 3.5, 1.4, 0.2] }, 'OutOfRange', 'sepal_length', /32-bit float/],
  [
    'a column that is missing',
    { ...named, petal_width: undefined },
    'MissingField',
    'petal_width',
    /petal_width is missing: send a number above 0/,
  ],
  [
    'a misspelt column',
    { sepal_lenght: 5.1 },
    'UnknownField',
    'sepal_lenght',
    /"sepal_lenght" is not a column of the model. Did you mean sepal_length\?/,
  ],
  ['a misspelt envelope', { instance: [named] }, 'UnknownField', 'instance', /Did you mean instances\?/],
  ['a column too many', { ...named, colour: 'red' }, 'UnknownField', 'colour', /The columns are: sepal_length/],
  ['a prototype', JSON.parse('{"__proto__":{"admin":true}}'), 'UnknownField', '__proto__', /not a column/],
  ['a field beside features', { features: row, threshold: 1 }, 'UnknownField', 'threshold', /may not stand beside features/],
  ['no instances', { instances: [] }, 'EmptyInstances', 'instances', /instances is empty. Send at least one row/],
  ['instances that are no list', { instances: named }, 'WrongType', 'instances', /must be a list of rows; got an object/],
  ['an instance that is no row', { instances: [named, 5] }, 'WrongType', 'instances', /instances\[1\] must be a row.*got 5/],
  ['rows of two shapes', { instances: [named, row] }, 'MixedShapes', 'instances', /mixes lists and objects/],
  ['values among rows', { features: [row, 1] }, 'MixedShapes', 'features', /mixes values and rows/],
  [
    'a wrong value in the third row',
    { instances: [named, named, { ...named, petal_width: 'wide' }] },
    'WrongType',
    'petal_width',
    /instances\[2\].petal_width must be .*got "wide"/,
  ],
  ['a short row among rows', { features: [row, [1]] }, 'WrongCount', 'features', /features\[1\] must have 4 values/],
  [
    'more rows than are answered',
    { features: Array.from({ length: 10_001 }, () => row) },
    'TooManyRows',
    'features',
    /10001 rows; at most 10000/,
  ],
]

describe('a request to /predict', () => {
  it('means the same in each of its shapes', () => {
    const once = row.map(Math.fround)
    expect(numbers({ features: row })).toEqual(once)
    expect(numbers(named)).toEqual(once)
    expect(numbers({ features: [row, row] })).toEqual([...once, ...once])
    expect(numbers({ instances: [named, named] })).toEqual([...once, ...once])
    expect(numbers({ instances: [row] })).toEqual(once)
  })

  it('is answered as one row only when it was sent as one', () => {
    expect([{ features: row }, named, { features: [row] }, { instances: [named] }].map(body => predictRequest(iris, body).single)).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each(refused)('with %s is refused in words', (name, body, ...[code, field, said]) => {
    const sent: unknown = JSON.parse(JSON.stringify(body))
    expect(() => predictRequest(iris, name === 'a prototype' ? body : sent)).toThrow(
      expect.objectContaining({ code, field, message: expect.stringMatching(said) }),
    )
  })

  it('puts each column where the tensors want it, a missing number as NaN', () => {
    const { batch } = predictRequest(mixed, { features: [null, 'blue', 2, null] })
    expect(batch.blocks['numeric']?.data).toEqual(Float32Array.of(Number.NaN, 2, Number.NaN))
    expect(batch.blocks['categorical']?.data).toEqual(['blue'])
  })

  it('names the categories and the nearest one', () => {
    expect(() => predictRequest(mixed, { features: [1, 'bleu', 2, 3] })).toThrow(
      /colour must be one of "red", "blue"; got "bleu". Did you mean "blue"\?/,
    )
    expect(() => predictRequest(mixed, { features: [1, 7, 2, 3] })).toThrow(/colour must be one of "red", "blue"; got 7/)
  })

  it('shows no value longer than a line', () => {
    const long = 'x'.repeat(100_000)
    expect(() => predictRequest(iris, { features: [long, 1, 1, 1] })).toThrow(/got text of 100000 characters/)
    expect(() => predictRequest(iris, { [long]: 1 })).toThrow(expect.objectContaining({ field: 'x'.repeat(128) }))
  })

  it('ends with a batch or a Problem, whatever JSON it is', () => {
    const nearlyRight = fc.record(
      { features: fc.jsonValue(), instances: fc.jsonValue(), sepal_length: fc.jsonValue(), petal_width: fc.double() },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearlyRight, fc.record({ features: fc.array(fc.oneof(fc.double(), fc.jsonValue())) })), body => {
        try {
          const { batch } = predictRequest(iris, body)
          expect(batch.rows).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('the reply of /predict', () => {
  it('names the label, its index and every confidence', () => {
    const answer = { labels: Int32Array.of(2, 0), probabilities: Float32Array.of(0.1, 0.2, 0.7, 0.98, 0.01, 0.01) }
    expect(predictionsOf(iris, answer)).toEqual([
      {
        prediction: 'virginica',
        prediction_index: 2,
        confidence_scores: { setosa: 0.1, versicolor: 0.2, virginica: 0.7 },
        result: 'virginica',
      },
      {
        prediction: 'setosa',
        prediction_index: 0,
        confidence_scores: { setosa: 0.98, versicolor: 0.01, virginica: 0.01 },
        result: 'setosa',
      },
    ])
  })
})
