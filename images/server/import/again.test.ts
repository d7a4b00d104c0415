import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../../../operator/api/bundle.ts'
import type { ImportConfig } from '../../../operator/api/importjob.ts'
import { LABELS } from '../../../test/conformance/samplebundle.ts'
import { classifier, csv, emptyClaim, fromPath, rowsFile, sha256 } from '../../../test/imports/classifier.ts'
import { digestOfBundle } from '../bundle/folder.ts'
import { importFrom } from './from.ts'

/** A file that was imported, with what it answers changed by so much, as on another processor; the Job was not heard. */
const unheard = async (change: number) => {
  const [root, file] = [emptyClaim(), join(emptyClaim(), 'model.onnx')]
  writeFileSync(file, classifier())
  const asked = (more: Partial<ImportConfig> = {}) =>
    fromPath(file, sha256(classifier()), { root, labels: LABELS, rows: { file: rowsFile(), target: 'species' }, ...more })
  const config = asked()
  const first = await importFrom(config, {})
  const folder = join(root, config.path)
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
  const [[chance = 0, ...others] = [], ...rows] = manifest.golden.probabilities
  const golden = { ...manifest.golden, probabilities: [[chance + change, ...others], ...rows] }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, golden }))
  return { asked, first, digest: digestOfBundle(folder) }
}

describe('the bundle of an ONNX file that stands in its place already', () => {
  it('is the one that an earlier try made on another processor', async () => {
    const { asked, first, digest } = await unheard(1e-7)
    expect(digest).not.toBe(first.digest)
    expect(await importFrom(asked(), {})).toEqual({ ...first, digest })
  })

  it.each<[string, number, Partial<ImportConfig>]>([
    ['answers otherwise', 1e-3, {}],
    ['has other names for the classes', 1e-7, { labels: LABELS.toReversed() }],
    ['was measured on other rows', 1e-7, { rows: { file: rowsFile(csv(40)), target: 'species' } }],
  ])('is another one when it %s', async (_, change, more) => {
    const { asked } = await unheard(change)
    await expect(importFrom(asked(more), {})).rejects.toThrow(/another bundle, sha256:\w+, stands at spec\.artifact\.path iris\/v4/)
  })
})
