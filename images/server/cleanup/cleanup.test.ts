import { execFileSync, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CLEANUP_LIMIT, CleanupReport } from '../../../operator/api/cleanupjob.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import { sampleBundle } from '../../../test/conformance/samplebundle.ts'
import { placeOf } from './place.ts'
import { remove } from './remove.ts'

const { folder: original, digest } = sampleBundle()

/** A claim with the same bundle at each path. */
const claim = (...bundlesAt: string[]) => {
  const root = mkdtempSync(join(tmpdir(), 'claim-'))
  for (const path of bundlesAt) cpSync(original, join(root, path), { recursive: true })
  return root
}
const asked = (path: string, version = 1) => ({ version, path, digest })
const sizeOf = (folder: string) =>
  Number(
    execFileSync('find', [folder, '-type', 'f', '-printf', '%s\n'], { encoding: 'utf8' })
      .split('\n')
      .reduce((a, b) => a + Number(b), 0),
  )

describe('a bundle', () => {
  it('is removed with the bytes that it took, and nothing beside or above it', () => {
    const root = claim('iris/one', 'iris/two')
    const bytes = sizeOf(join(root, 'iris/one'))
    expect(remove(root, asked('iris/one'))).toEqual({ version: 1, outcome: 'Removed', bytes })
    expect(readdirSync(join(root, 'iris'))).toEqual(['two'])
    expect(sizeOf(join(root, 'iris/two'))).toBe(bytes)
    expect(remove(root, asked('iris/two'))).toMatchObject({ outcome: 'Removed' })
    expect(readdirSync(join(root, 'iris'))).toEqual([])
  })

  it('that is gone already is no failure', () => {
    const root = claim('iris/one')
    expect(remove(root, asked('iris/other'))).toEqual({ version: 1, outcome: 'Gone', bytes: 0 })
    expect(remove(root, asked('wine/other'))).toEqual({ version: 1, outcome: 'Gone', bytes: 0 })
    expect(existsSync(join(root, 'iris/one/manifest.json'))).toBe(true)
  })

  it('whose removal was cut off is removed to its end', () => {
    const root = claim('iris/one')
    const bytes = sizeOf(join(root, 'iris/one'))
    const { folder, removing } = placeOf(root, asked('iris/one')) ?? { folder: '', removing: '' }
    renameSync(folder, removing)
    const half = sizeOf(join(removing, 'model.onnx'))
    execFileSync('rm', [join(removing, 'model.onnx')])
    expect(remove(root, asked('iris/one'))).toEqual({ version: 1, outcome: 'Removed', bytes: bytes - half })
    expect(readdirSync(join(root, 'iris'))).toEqual([])
  })

  it.each<[string, (root: string) => void, RegExp]>([
    ['was changed', root => writeFileSync(join(root, 'iris/one/model.onnx'), 'other'), /has the digest sha256:.*, not the one/],
    ['holds one file more', root => writeFileSync(join(root, 'iris/one/notes.txt'), 'mine'), /has the digest/],
    ['is no bundle', root => execFileSync('rm', [join(root, 'iris/one/manifest.json')]), /has no manifest.json/],
    ['holds a link', root => symlinkSync('/etc', join(root, 'iris/one/etc')), /etc is a link or a device/],
  ])('that %s is refused and left as it is', (_, change, message) => {
    const root = claim('iris/one', 'iris/two')
    change(root)
    const before = sizeOf(root)
    const told = remove(root, asked('iris/one'))
    expect(told).toMatchObject({ outcome: 'Refused', bytes: 0 })
    expect(told.message).toMatch(message)
    expect(sizeOf(root)).toBe(before)
  })

  it('is not reached through a link, whether it is the folder itself or one above it', () => {
    const root = claim('real/one')
    symlinkSync('real', join(root, 'linked'))
    symlinkSync(join(root, 'real/one'), join(root, 'one'))
    expect(remove(root, asked('linked/one'))).toMatchObject({ outcome: 'Refused', message: 'a part of its path is a link or a file' })
    expect(remove(root, asked('one'))).toMatchObject({ outcome: 'Refused', message: 'what stands there is a link or a file, no folder' })
    expect(existsSync(join(root, 'real/one/model.onnx'))).toBe(true)
  })

  it.each(['..', 'a/../../b', '.', 'a//b', 'a/./b', ''])('at the path %j is refused', path => {
    expect(remove(claim('iris/one'), asked(path))).toMatchObject({ outcome: 'Refused', message: 'its path does not stay below the claim' })
  })

  it('is never a parent of bundles', () => {
    const root = claim('iris/one', 'iris/two')
    expect(remove(root, asked('iris'))).toMatchObject({ outcome: 'Refused' })
    expect(readdirSync(join(root, 'iris'))).toEqual(['one', 'two'])
  })

  it('on a claim that is not mounted is refused', () => {
    expect(remove('/nowhere', asked('iris/one'))).toMatchObject({ outcome: 'Refused', message: 'the claim is not mounted' })
  })
})

describe('the program', () => {
  const program = join(import.meta.dirname, 'cleanup.ts')
  const run = (config: unknown, report: string) =>
    spawnSync(process.execPath, ['--disable-proto=delete', program, '--config', JSON.stringify(config), '--termination-log', report], {
      encoding: 'utf8',
    })

  it('removes what it is asked to and reports the rest, in at most 4,000 bytes', () => {
    const names = Array.from({ length: CLEANUP_LIMIT }, (_, index) => `iris/${index}`)
    const root = claim(...names)
    for (const name of names.slice(2)) {
      mkdirSync(join(root, name, 'x'))
      symlinkSync('/etc', join(root, name, 'x', '"ü"'.repeat(30)))
    }
    chmodSync(root, 0o755)
    const report = join(mkdtempSync(join(tmpdir(), 'report-')), 'report')
    const bundles = names.map((name, index) => asked(name, 1_000_000 - index))
    const { status, stdout } = run({ contract: 1, root, bundles }, report)
    expect(status).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(CLEANUP_LIMIT)
    const said = readFileSync(report, 'utf8')
    expect(Buffer.byteLength(said)).toBeLessThanOrEqual(4000)
    const checked = validateJson(CleanupReport, said, 4000)
    expect(checked).not.toHaveProperty('complaints')
    const told = 'value' in checked ? checked.value.bundles.map(({ outcome }) => outcome) : []
    expect(told).toEqual(names.map((_, index) => (index < 2 ? 'Removed' : 'Refused')))
    expect(readdirSync(join(root, 'iris'))).toHaveLength(CLEANUP_LIMIT - 2)
  })

  it('ends with 42 and removes nothing when its configuration cannot be used', () => {
    const root = claim('iris/one')
    const report = join(root, 'report')
    const { status, stderr } = run({ contract: 1, root, bundles: [{ version: 1, path: '../x', digest }] }, report)
    expect(status).toBe(42)
    expect(stderr).toContain('Error: --config cannot be used: bundles[0].path')
    expect(existsSync(report)).toBe(false)
    expect(existsSync(join(root, 'iris/one'))).toBe(true)
  })
})
