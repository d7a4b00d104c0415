import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Manifest } from '../../../operator/api/bundle.ts'
import { graph, model } from '../../../test/conformance/onnx.ts'
import { irisGraph, irisManifest, mixedBundle, probabilitiesOf, ROWS, sampleBundle } from '../../../test/conformance/samplebundle.ts'
import { type Batch, emptyBatch, put, signatureOf } from '../codec/batch.ts'
import { Pool, type PoolOptions } from './pool.ts'

const fragile = new URL('../../../test/conformance/fragilesession.ts', import.meta.url)
const signature = signatureOf(irisManifest())
const pools: Pool[] = []

const newPool = (options: Partial<PoolOptions> = {}) => {
  const pool = new Pool({ workers: 1, deadlineMs: 5000, queue: 100, note: () => {}, ...options })
  pools.push(pool)
  return pool
}
const loadedPool = async (options: Partial<PoolOptions> = {}) => {
  const pool = newPool(options)
  await pool.load(sampleBundle())
  return pool
}
const rowsOf = (rows: number[][]): Batch => {
  const batch = emptyBatch(signature, rows.length)
  for (const [row, values] of rows.entries())
    for (const [i, place] of signature.places.entries()) put(batch, place, { row, value: values[i] as number })
  return batch
}
const many = (count: number) => rowsOf(Array.from({ length: count }, () => ROWS[0] as number[]))
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise(resolve => setTimeout(resolve, 10))
}
const golden = (change: Partial<Manifest['golden']>) => ({ ...irisManifest(), golden: { ...irisManifest().golden, ...change } })

afterEach(async () => {
  await Promise.all(pools.splice(0).map(pool => pool.stop()))
})

describe('a pool of sessions', () => {
  it('answers as the arithmetic says', async () => {
    const pool = await loadedPool({ workers: 2 })
    const answer = await pool.run(rowsOf(ROWS))
    expect([...answer.labels]).toEqual([0, 1, 2])
    for (const [i, expected] of ROWS.flatMap(row => probabilitiesOf(row)).entries())
      expect(answer.probabilities[i]).toBeCloseTo(expected, 6)
  })

  it('loads a model of numbers and texts', async () => {
    const { manifest } = await newPool().load(mixedBundle())
    expect(manifest.model).toBe('mixed')
  })

  const refused: readonly [string, string, RegExp, () => { folder: string; digest: string }][] = [
    [
      'another digest',
      'DigestMismatch',
      /but sha256:0{64} was asked for/,
      () => ({ ...sampleBundle(), digest: `sha256:${'0'.repeat(64)}` }),
    ],
    [
      'golden rows that Python answered otherwise',
      'ParityFailed',
      /Golden row 0 .* differ by 1/,
      () =>
        sampleBundle({
          manifest: golden({
            probabilities: [
              [0, 0, 1],
              [0, 1, 0],
              [0, 0, 1],
            ],
          }),
        }),
    ],
    [
      'golden labels that differ',
      'ParityFailed',
      /label 1; Python answered 2/,
      () => sampleBundle({ manifest: golden({ labels: [0, 2, 2] }) }),
    ],
    [
      'golden rows of the wrong type',
      'ManifestInvalid',
      /has a string for sepal_length/,
      () => sampleBundle({ manifest: golden({ rows: golden({}).golden.rows.map(() => ['a', 1, 1, 1]) }) }),
    ],
    [
      'a graph that the runtime refuses',
      'ModelRefused',
      /not accepted by the runtime/,
      () => sampleBundle({ model: model(graph({ ...irisGraph(), initializers: [] })) }),
    ],
    [
      'inputs of other names',
      'ModelRefused',
      /has the inputs numeric; the manifest says values/,
      () => sampleBundle({ manifest: renamed() }),
    ],
  ]
  const renamed = () => {
    const manifest = irisManifest()
    return { ...manifest, onnx: { ...manifest.onnx, inputs: manifest.onnx.inputs.map(t => ({ ...t, name: 'values' })) } }
  }
  it.each(refused)('refuses %s with %s, and can be asked again', async (_name, reason, ...[said, bundle]) => {
    const pool = newPool()
    await expect(pool.load(bundle())).rejects.toMatchObject({ reason, message: expect.stringMatching(said) })
    expect(pool.alive).toBe(false)
    await pool.load(sampleBundle())
    expect(pool.alive).toBe(true)
  })

  it('opens the bytes that were digested, not what lies there later', async () => {
    const bundle = sampleBundle()
    const pool = newPool({ script: fragile })
    await pool.load(bundle)
    writeFileSync(join(bundle.folder, 'model.onnx'), 'something else')
    await expect(pool.run(many(13))).rejects.toMatchObject({ code: 'WorkerLost' })
    expect([...(await pool.run(many(1))).labels]).toEqual([0])
  })

  it('tells every request of a thread that ends, and replaces the thread', async () => {
    const notes: string[] = []
    const pool = await loadedPool({ script: fragile, note: message => notes.push(message) })
    const results = await Promise.allSettled([pool.run(many(13)), pool.run(many(1)), pool.run(many(2))])
    expect(results.map(r => r.status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(pool.alive).toBe(true)
    expect(notes.join()).toMatch(/a worker thread was lost/)
  })

  it('knows when no thread is left', async () => {
    const pool = await loadedPool({ script: fragile })
    await expect(pool.run(many(13))).rejects.toMatchObject({ code: 'WorkerLost' })
    expect(pool.alive).toBe(false)
    await until(() => pool.alive)
  })

  it('refuses at once what does not fit its queue, and recovers', async () => {
    const pool = await loadedPool({ script: fragile, queue: 3 })
    const slow = pool.run(many(17))
    const results = await Promise.allSettled([...Array(20)].map(() => pool.run(many(1))))
    const refusals = results.filter(r => r.status === 'rejected')
    expect(refusals.map(r => (r.reason as { code: string }).code)).toEqual(Array(16).fill('QueueFull'))
    await slow
    expect(pool.depth).toBe(0)
    await expect(pool.run(many(1))).resolves.toBeDefined()
  })

  it('answers each request by its deadline, also when its thread is busy', async () => {
    const pool = await loadedPool({ script: fragile, deadlineMs: 60 })
    const asked = performance.now()
    const results = await Promise.allSettled([pool.run(many(19)), pool.run(many(1)), pool.run(many(1)), pool.run(many(1))])
    expect(performance.now() - asked).toBeLessThan(900)
    expect(results.map(r => (r.status === 'rejected' ? (r.reason as { code: string }).code : 'answered'))).toEqual(
      Array(4).fill('DeadlineExceeded'),
    )
    await new Promise(resolve => setTimeout(resolve, 1000))
    await expect(pool.run(many(1))).resolves.toBeDefined()
  })

  it('keeps answers with their questions', async () => {
    const pool = await loadedPool({ workers: 2 })
    const asked = Array.from({ length: 300 }, (_, i) => ROWS[i % 3] as number[])
    const answers = await Promise.all(asked.map(row => pool.run(rowsOf([row])).catch(() => undefined)))
    for (const [i, answer] of answers.entries()) if (answer) expect(answer.labels[0]).toBe(i % 3)
    expect(answers.filter(Boolean).length).toBeGreaterThan(100)
  })
})
