import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sampleBundle } from '../../../test/conformance/samplebundle.ts'
import { emptyClaim, fromPath, sha256 } from '../../../test/imports/classifier.ts'
import { digestOfBundle, readBundle } from '../bundle/folder.ts'
import { loadBundle } from '../bundle/load.ts'
import { WITHHELD } from '../bundle/withheld.ts'
import { importFrom } from './from.ts'

const lineOf = (folder: string, path: string): string => {
  const bytes = readFileSync(join(folder, path))
  return `${sha256(bytes).slice('sha256:'.length)}  ${bytes.length}  ${path}\n`
}

/** As the trainer logs it: with its listing, and without what holds test rows. */
const logged = () => {
  const { folder } = sampleBundle()
  writeFileSync(join(folder, 'evaluation/predictions.csv'), 'row,label\n')
  const digest = digestOfBundle(folder)
  const paths = ['evaluation/predictions.csv', 'evaluation/report.json', 'manifest.json', 'model.onnx']
  const listing = paths.map(path => lineOf(folder, path)).join('')
  expect(sha256(listing)).toBe(digest)
  writeFileSync(join(folder, 'bundle.sha256'), listing)
  rmSync(join(folder, 'evaluation/predictions.csv'))
  return { folder, digest, listing }
}

describe('a bundle of which something is withheld', () => {
  it('keeps its digest in another place, where it loads as ever', async () => {
    const { folder, digest } = logged()
    const config = fromPath(folder, digest)
    expect(await importFrom(config, {})).toMatchObject({ digest })
    const there = join(config.root, config.path)
    expect(loadBundle(there, digest).digest).toBe(digest)
    expect(readBundle(there, ['evaluation/predictions.csv']).others.size).toBe(0)
    expect(readFileSync(join(there, WITHHELD), 'utf8')).toContain('evaluation/predictions.csv')
  })

  it.each<[string, (there: string) => void]>([
    ['one byte of the model is another', there => writeFileSync(join(there, 'model.onnx'), 'other')],
    ['the list is shorter', there => writeFileSync(join(there, WITHHELD), '')],
    ['the list is gone', there => rmSync(join(there, WITHHELD))],
    ['a file is added', there => writeFileSync(join(there, 'evaluation/more.txt'), 'x')],
  ])('has another digest as soon as %s', async (_, change) => {
    const { folder, digest } = logged()
    const config = fromPath(folder, digest)
    await importFrom(config, {})
    const there = join(config.root, config.path)
    change(there)
    expect(digestOfBundle(there)).not.toBe(digest)
  })

  it.each([
    ['a file that must be there', `${'0'.repeat(64)}  1  labels.json\n`],
    ['a file that is there', `${'0'.repeat(64)}  1  evaluation/report.json\n`],
    ['no file', 'nothing at all\n'],
    ['half a line', `${'0'.repeat(64)}  1  evaluation/a`],
  ])('is refused when its list names %s', (_, list) => {
    const { folder } = sampleBundle()
    writeFileSync(join(folder, WITHHELD), list)
    expect(() => digestOfBundle(folder)).toThrow(WITHHELD)
  })
})

describe('a source with a listing', () => {
  it('of another bundle is refused', async () => {
    const { folder, listing } = logged()
    writeFileSync(join(folder, 'bundle.sha256'), `${listing}${lineOf(folder, 'run.json')}`)
    await expect(importFrom(fromPath(folder, sha256(listing)), {})).rejects.toThrow(
      /^the source holds the bundle sha256:\w+, and spec.digest is/,
    )
  })

  it('that has no model is refused', async () => {
    const { folder, digest } = logged()
    rmSync(join(folder, 'model.onnx'))
    await expect(importFrom(fromPath(folder, digest), {})).rejects.toThrow('the source has no model.onnx, which belongs to the bundle')
  })

  it('takes nothing that is not listed', async () => {
    const { folder, digest } = logged()
    mkdirSync(join(folder, 'model'))
    writeFileSync(join(folder, 'model/conda.yaml'), 'x')
    expect(await importFrom(fromPath(folder, digest, { root: emptyClaim() }), {})).toMatchObject({ digest })
  })
})
