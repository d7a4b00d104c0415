// What a gate reads from a bundle of the real trainer: it measures the same numbers, and no test row is among those trained on.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compare, isMeasured } from '../../images/server/gate/compare.ts'
import { overlap } from '../../images/server/gate/overlap.ts'
import { pair } from '../../images/server/gate/paired.ts'
import type { Manifest } from '../../operator/api/bundle.ts'
import { bundleFile } from '../../operator/api/contract.ts'
import { comparedMetrics } from '../../operator/api/gate.ts'
import { type TestRow, testRows } from './testrows.ts'
import { type BundleName, trainedBundle } from './trainedbundle.ts'

/** Beside a model that gives every class the same chance, so that every row tells the two apart. */
const paired = (rows: readonly TestRow[], labels: readonly string[]) =>
  pair(
    rows.map(row => row.actual),
    {
      challenger: {
        labels,
        predicted: rows.map(row => labels.indexOf(row.prediction)),
        probabilities: rows.flatMap(row => row.probabilities),
      },
      holder: { labels, predicted: rows.map(() => 0), probabilities: rows.flatMap(() => labels.map(() => 1 / labels.length)) },
    },
  )

const numbers = (file: Buffer) => BigUint64Array.from({ length: file.length / 8 }, (_, i) => file.readBigUInt64BE(i * 8))

describe.each<BundleName>(['iris', 'churn'])('the bundle of %s', name => {
  const opened = async () => {
    const { folder } = await trainedBundle(name)
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
    return { folder, manifest, rows: testRows(folder, manifest) }
  }

  it('holds every metric that versions are compared by, and a gate measures the same', async () => {
    const { manifest, rows } = await opened()
    const both = paired(rows, manifest.labels)
    const found = comparedMetrics.map(metric => {
      const comparison = compare(both, { metric, margin: 0.1, minSamples: 10, resamples: 200 })
      return { name: metric, value: isMeasured(comparison) ? comparison.challenger : Number.NaN }
    })
    expect(manifest.metrics.map(metric => metric.name)).toEqual(comparedMetrics)
    expect(manifest.trainingMetrics?.map(metric => metric.name)).toEqual(comparedMetrics)
    for (const { name: metric, value } of found)
      expect(manifest.metrics.find(each => each.name === metric)?.value, metric).toBeCloseTo(value, 5)
  })

  it('names each row that it was trained on, and none of them is a test row', async () => {
    const { folder, manifest, rows } = await opened()
    const trained = numbers(readFileSync(join(folder, bundleFile.trainedRows)))
    expect(trained.length).toBe(manifest.data.trainRows)
    expect(trained).toEqual(trained.slice().sort())
    const test = BigUint64Array.from(rows, row => BigInt(`0x${row.hash.slice(0, 16)}`))
    const seen = overlap({ test, holderTrained: trained, challengerTrained: trained })
    expect(seen).toMatchObject({ verdict: 'Pass', rows: manifest.data.testRows, common: 0 })
  })
})
