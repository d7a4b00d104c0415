import { describe, expect, it } from 'vitest'
import { closest } from './closest.ts'
import { wrongParameter } from './parameters.ts'

const forest = (parameters: Record<string, unknown>) => wrongParameter([{ algorithm: 'randomForest', parameters: parameters as never }])
const regression = (parameters: Record<string, unknown>) =>
  wrongParameter([{ algorithm: 'logisticRegression', parameters: parameters as never }])

describe('parameters', () => {
  it.each([
    [regression({}), 'none'],
    [regression({ max_iter: 200, C: 0.5, tol: 1, fit_intercept: false, solver: 'saga', class_weight: null }), 'one of each kind'],
    [forest({ max_depth: null, n_estimators: 2000, max_features: null, bootstrap: true }), 'null where it means no limit'],
    [wrongParameter([{ algorithm: 'randomForest' }]), 'left out'],
  ])('that are fine are not complained about: %#', (complaint, _what) => {
    expect(complaint).toBeUndefined()
  })

  it.each([
    [
      regression({ max_itr: 200 }),
      'spec.candidates[0].parameters.max_itr is not a parameter of logisticRegression: did you mean max_iter?',
    ],
    [regression({ c: 1 }), 'did you mean C?'],
    [regression({ n_estimators: 9 }), 'use one of max_iter, C, tol'],
    [regression({ max_iter: 0 }), 'max_iter is 0: it must be a whole number from 1 to 100000'],
    [regression({ max_iter: 1.5 }), 'is 1.5'],
    [regression({ max_iter: '200' }), 'is "200"'],
    [regression({ max_iter: null }), 'is null'],
    [regression({ C: 0 }), 'C is 0: it must be a number above 0 and up to 1000000'],
    [regression({ C: Number.POSITIVE_INFINITY }), 'must be a number'],
    [regression({ fit_intercept: 'yes' }), 'it must be true or false'],
    [regression({ solver: 'adam' }), 'it must be one of lbfgs, liblinear'],
    [forest({ class_weight: 1 }), 'it must be one of balanced, or null'],
    [forest({ constructor: 1 }), 'constructor is not a parameter'],
    [forest(JSON.parse('{"__proto__": 1}')), '__proto__ is not a parameter'],
    [wrongParameter([{ algorithm: 'toString' }]), 'spec.candidates[0].algorithm "toString" is not known'],
  ])('that are wrong are named: %#', (complaint, words) => {
    expect(complaint).toContain(words)
  })
})

describe('the closest name', () => {
  it('is the one with the fewest edits, if they are few', () => {
    expect(closest('n_estimator', ['max_depth', 'n_estimators'])).toBe('n_estimators')
    expect(closest('xyz', ['max_depth', 'n_estimators'])).toBeUndefined()
    expect(closest('', [])).toBeUndefined()
  })
})
