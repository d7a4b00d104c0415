import { describe, expect, it } from 'vitest'
import { type FoldedRow, foldedRows, outOfFoldFile } from '../../../test/conformance/gatebundle.ts'
import { compare, isMeasured } from '../gate/compare.ts'
import { type OutOfFold, outOfFold } from './outoffold.ts'
import { type PairedFolds, pairFolds } from './samefolds.ts'

const labels = ['setosa', 'versicolor', 'virginica']
const hashesOf = (rows: readonly FoldedRow[]) => BigUint64Array.from(rows, ({ hash }) => hash).sort()
const described = (rows: readonly FoldedRow[], names = labels) => ({
  labels: names,
  data: { source: 'primary' as const, described: 'drawn', trainRows: rows.length },
})
const read = (rows: readonly FoldedRow[], names = labels): OutOfFold =>
  outOfFold(outOfFoldFile(rows), described(rows, names), hashesOf(rows))

const rows = foldedRows(120, row => row % 10 === 0)
const changed = (at: number, change: Partial<FoldedRow>) => rows.map((row, i) => (i === at ? { ...row, ...change } : row))

describe('out-of-fold answers', () => {
  it('are read as they were written, wherever the bytes lie', () => {
    const found = read(rows)
    expect(found).toMatchObject({ count: 120, folds: 5, chosenFrom: 1, labels })
    expect([...found.hashes]).toEqual(rows.map(({ hash }) => hash))
    expect([...found.foldOf]).toEqual(rows.map(({ fold }) => fold))
    expect([...found.actual]).toEqual(rows.map(({ actual }) => actual))
    expect([...found.predicted]).toEqual(rows.map(({ predicted }) => predicted))
    expect(found.probability[0]).toBe(Math.fround(0.2))
    const shifted = Uint8Array.of(7, ...outOfFoldFile(rows)).subarray(1)
    expect(outOfFold(shifted, described(rows), hashesOf(rows))).toEqual(found)
  })

  it.each([
    ['no row', [], 'has 0 bytes, which are no whole records of 18'],
    ['a class that the manifest lacks', changed(3, { predicted: 3 }), 'record 4 names class 3; the manifest has 3'],
    ['a probability above one', changed(3, { probability: 1.5 }), 'record 4 gives its class the probability 1.5'],
    ['a probability that is no number', changed(3, { probability: Number.NaN }), 'record 4 gives its class the probability NaN'],
    ['a single fold', rows.map(row => ({ ...row, fold: 0 })), 'has one fold: nothing was left out'],
    ['a fold without rows', rows.map(row => ({ ...row, fold: row.fold * 2 })), 'has rows of 5 folds and counts 9'],
  ])('with %s are refused', (_, wrong, complaint) => {
    expect(() => read(wrong)).toThrow(complaint)
  })

  it('are refused when a byte, a row or the order is missing, or when they are of other rows', () => {
    const bytes = outOfFoldFile(rows)
    expect(() => outOfFold(bytes.subarray(1), described(rows), hashesOf(rows))).toThrow('has 2159 bytes')
    expect(() => outOfFold(bytes.subarray(18), described(rows), hashesOf(rows))).toThrow(
      'has 119 rows; the manifest counts 120 training rows',
    )
    const turned = Buffer.concat([bytes.subarray(18), bytes.subarray(0, 18)])
    expect(() => outOfFold(turned, described(rows), hashesOf(rows))).toThrow('is not sorted')
    const others = hashesOf(changed(3, { hash: 5n }))
    expect(() => outOfFold(bytes, described(rows), others)).toThrow('has other rows than the model was trained on')
  })
})

const paired = (challenger: OutOfFold, holder: OutOfFold): PairedFolds => {
  const found = pairFolds({ challenger, holder }, 'v5')
  if (typeof found === 'string') throw new Error(found)
  return found
}

describe('the out-of-fold answers of two versions', () => {
  const better = read(foldedRows(1200, row => row % 20 === 0))
  const worse = read(foldedRows(1200, row => row % 4 === 0))

  it.each(['accuracy', 'f1', 'log_loss'] as const)('are compared row by row by %s', metric => {
    const { paired: both, folds } = paired(worse, better)
    const found = compare(both, { metric, margin: 0.01, resamples: 400, folds })
    expect(found).toMatchObject({ verdict: 'Worse', rows: 1200, folds: 5 })
    expect(compare(paired(better, worse).paired, { metric, margin: 0.01, resamples: 400, folds })).toMatchObject({ verdict: 'Better' })
    if (metric === 'accuracy' && isMeasured(found)) expect([found.challenger, found.holder]).toEqual([0.75, 0.95])
    if (metric === 'log_loss' && isMeasured(found))
      expect(found.holder).toBeCloseTo(-0.95 * Math.log(Math.fround(0.7)) - 0.05 * Math.log(Math.fround(0.2)), 6)
  })

  it('are the same whatever the order of the classes in the manifests', () => {
    const names = labels.toReversed()
    const turned = foldedRows(1200, row => row % 20 === 0).map(row => ({ ...row, actual: 2 - row.actual, predicted: 2 - row.predicted }))
    expect(compare(paired(worse, read(turned, names)).paired, { metric: 'accuracy', margin: 0.01, folds: 5 })).toEqual(
      compare(paired(worse, better).paired, { metric: 'accuracy', margin: 0.01, folds: 5 }),
    )
  })

  it('keep twins of one content apart by their folds', () => {
    const twins = foldedRows(60, row => row % 10 === 0).map((row, i) => ({
      ...row,
      hash: BigInt(Math.floor(i / 2)),
      actual: 0,
      predicted: 0,
    }))
    expect(paired(read(twins), read(twins.toReversed())).paired.rows).toBe(60)
  })

  it.each([
    [
      'trained on other rows',
      changed(3, { hash: 5n }),
      'v5 was trained on other rows, of whose 120 only 119 are among the 120 of this version',
    ],
    ['trained on fewer rows', rows.slice(0, 100), 'v5 was trained on other rows, of whose 100 only 100 are among the 120 of this version'],
    ['dealt otherwise', changed(3, { fold: 0 }), 'v5 was cross-validated in 5 folds and this version in 5, or on another deal'],
    ['of other folds', foldedRows(120, () => false, 4), 'v5 was cross-validated in 4 folds and this version in 5'],
    ['of other classes', changed(3, { actual: 1, predicted: 1 }), 'v5 has other classes for the same rows'],
  ])('are not compared when the holder was %s', (_, holder, complaint) => {
    expect(pairFolds({ challenger: read(rows), holder: read(holder) }, 'v5')).toContain(complaint)
  })
})
