import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { digestOf, sampleBundle } from '../../../test/conformance/samplebundle.ts'
import { readBundle } from './folder.ts'
import type { Refusal } from './refusal.ts'

const reasonOf = (folder: string) => {
  try {
    readBundle(folder)
  } catch (error) {
    return (error as Refusal).reason
  }
  return undefined
}

const damaged = (change: (folder: string) => void) => {
  const { folder } = sampleBundle()
  change(folder)
  return folder
}

describe('reading a bundle', () => {
  it('computes the digest that the contract defines, over every file but run.json', () => {
    const { folder, digest } = sampleBundle()
    writeFileSync(join(folder, 'evaluation/Zürich.txt'), 'ü')
    writeFileSync(join(folder, 'evaluation.txt'), 'sorts before evaluation/')
    expect(readBundle(folder).digest).toBe(digestOf(folder))
    expect(readBundle(folder).digest).not.toBe(digest)
    const before = readBundle(folder).digest
    writeFileSync(join(folder, 'run.json'), 'other')
    expect(readBundle(folder).digest).toBe(before)
  })

  it('keeps the very bytes that it digested', () => {
    const { folder } = sampleBundle()
    const files = readBundle(folder)
    writeFileSync(join(folder, 'model.onnx'), 'swapped afterwards')
    expect(Buffer.from(new Uint8Array(files.model)).includes('Softmax')).toBe(true)
  })

  it('keeps other files that were asked for, as they were digested, and counts all bytes but those of run.json', () => {
    const { folder } = sampleBundle()
    const files = readBundle(folder, ['evaluation/report.json', 'evaluation/none.csv'])
    writeFileSync(join(folder, 'evaluation/report.json'), 'swapped afterwards')
    expect([...files.others].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([['evaluation/report.json', '{}']])
    expect(files.bytes).toBe(files.manifest.length + files.model.byteLength + 2)
    expect(readBundle(folder).others.size).toBe(0)
  })

  it('refuses a file that is too large to keep', () => {
    const { folder } = sampleBundle()
    truncateSync(join(folder, 'evaluation/report.json'), 2 ** 30 + 1)
    expect(() => readBundle(folder, ['evaluation/report.json'])).toThrow('evaluation/report.json has 1073741825 bytes; at most 1073741824')
  })

  const broken: readonly [string, string, (folder: string) => void][] = [
    ['a folder that does not exist', 'BundleMissing', folder => renameSync(folder, `${folder}-gone`)],
    ['a file in place of the folder', 'BundleMissing', folder => [rmSync(folder, { recursive: true }), writeFileSync(folder, '')]],
    ['no manifest', 'BundleMissing', folder => rmSync(join(folder, 'manifest.json'))],
    ['no model', 'BundleMissing', folder => rmSync(join(folder, 'model.onnx'))],
    [
      'a model that is a link',
      'BundleRefused',
      folder => [rmSync(join(folder, 'model.onnx')), symlinkSync('/etc/passwd', join(folder, 'model.onnx'))],
    ],
    ['a link anywhere', 'BundleRefused', folder => symlinkSync('/etc/passwd', join(folder, 'evaluation/passwd'))],
    ['a folder that is a link', 'BundleRefused', folder => symlinkSync('/etc', join(folder, 'etc'))],
    ['a hard link', 'BundleRefused', folder => linkSync(join(folder, 'model.onnx'), join(folder, 'evaluation/again.onnx'))],
    ['a pipe, without waiting for its other end', 'BundleRefused', folder => execFileSync('mkfifo', [join(folder, 'evaluation/pipe')])],
    ['a manifest of a gigabyte', 'BundleRefused', folder => truncateSync(join(folder, 'manifest.json'), 2 ** 30)],
    ['folders without end', 'BundleRefused', folder => mkdirSync(join(folder, 'a/b/c/d/e/f/g'), { recursive: true })],
    ['thousands of files', 'BundleRefused', folder => Array.from({ length: 300 }, (_, i) => writeFileSync(join(folder, `f${i}`), ''))],
  ]
  it.each(broken)('refuses %s with %s', (_name, reason, change) => {
    expect(reasonOf(damaged(change))).toBe(reason)
  })

  it('names no path of the host in what it says', () => {
    const missing = join(mkdtempSync(join(tmpdir(), 'tidegate-')), 'secret-place')
    expect(() => readBundle(missing)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret-place') }))
  })
})
