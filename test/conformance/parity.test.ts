// The contract between Python and the server: on every row of the locked test set, over HTTP, the same answer.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../operator/api/bundle.ts'
import { type Inference, type Predicted, startServer } from './serverprocess.ts'
import { testRows } from './testrows.ts'
import { type BundleName, trainedBundle } from './trainedbundle.ts'

const difference = (expected: number[], got: number[]) => Math.max(...expected.map((value, i) => Math.abs(value - (got[i] as number))))

describe.each<BundleName>(['iris', 'churn'])('the served %s', name => {
  it('answers as Python did on every test row, in both protocols', async () => {
    const bundle = await trainedBundle(name)
    const manifest = JSON.parse(readFileSync(join(bundle.folder, 'manifest.json'), 'utf8')) as Manifest
    const rows = testRows(bundle.folder, manifest)
    const { server } = await startServer({ bundle })
    try {
      let largest = 0
      for (const row of rows) {
        const answer = await server.ask<Predicted>('/predict', { features: row.values })
        expect(answer.prediction).toBe(row.prediction)
        largest = Math.max(
          largest,
          difference(
            row.probabilities,
            manifest.labels.map(label => answer.confidence_scores[label] as number),
          ),
        )
      }
      const all = await server.ask<Predicted>('/predict', { instances: rows.map(row => row.values) })
      expect(all.predictions.map(p => p.prediction)).toEqual(rows.map(row => row.prediction))
      const inputs = manifest.inputs.map((input, i) => ({
        name: input.name,
        datatype: input.type === 'number' ? 'FP32' : 'BYTES',
        shape: [rows.length],
        data: rows.map(row => row.values[i]),
      }))
      const { outputs } = await server.ask<Inference>(`/v2/models/${name}/infer`, { inputs })
      const flat = outputs.find(o => o.name === 'probabilities')?.data as number[]
      largest = Math.max(
        largest,
        difference(
          rows.flatMap(row => row.probabilities),
          flat,
        ),
      )
      console.log(`${name}: ${rows.length} test rows, largest difference of a probability ${largest.toExponential(2)}`)
      expect(rows.length).toBeGreaterThanOrEqual(30)
      expect(largest).toBeLessThanOrEqual(manifest.golden.tolerance)
    } finally {
      await server.stop()
    }
  })
})
