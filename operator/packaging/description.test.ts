import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { krewManifest, packageManifest, readme } from './description.ts'
import { packagesOf } from './notices.ts'

const release = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

describe('the npm package', () => {
  it('is a command that kubectl finds, for Node 24, and installs nothing else', () => {
    const manifest = packageManifest(release)
    expect(manifest).toMatchObject({ name: 'kubectl-tidegate', version: release.version, license: 'Apache-2.0', engines: { node: '>=24' } })
    expect(Object.keys(manifest.bin)).toEqual(['kubectl-tidegate'])
    expect(manifest.files).toContain(manifest.bin['kubectl-tidegate'])
    expect(Object.keys(manifest).filter(key => /dependencies|scripts|private/i.test(key))).toEqual([])
    expect(readme()).toContain('kubectl tidegate help')
  })
})

describe('the manifest for krew', () => {
  const { metadata, spec } = krewManifest(release, { uri: 'https://example.com/a.tgz', sha256: 'a'.repeat(64) })

  it('has what krew asks for: a name that is safe, a version with a v, one line that describes it', () => {
    expect(metadata.name).toMatch(/^[\w-]+$/)
    expect(spec.version).toMatch(/^v\d+\.\d+\.\d+$/)
    expect(spec.shortDescription).toMatch(/^[^\n]{10,80}$/)
  })

  it('takes the files out of the folder that npm packs them in', () => {
    const [platform] = spec.platforms
    expect(platform?.files).toEqual([{ from: 'package/*', to: '.' }])
    expect(platform?.bin).toBe('kubectl-tidegate.mjs')
    expect(platform?.sha256).toMatch(/^[a-f0-9]{64}$/)
  })
})

describe('the notices', () => {
  it('name each package once, with its scope, and nothing of our own', () => {
    const inputs = [
      'operator/cli/main.ts',
      'node_modules/a/x.js',
      'node_modules/a/y.js',
      'node_modules/@s/b/i.js',
      'node_modules/a/node_modules/c/i.js',
    ]
    expect(packagesOf(inputs)).toEqual(['node_modules/@s/b', 'node_modules/a', 'node_modules/a/node_modules/c'])
  })
})
