import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { binaries } from '../../cluster/binaries.ts'
import { run } from '../../cluster/command.ts'
import { packed, started } from './program.ts'

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../../operator/package.json'), 'utf8')) as { version: string }
const ARCHIVE = `kubectl-tidegate-${version}.tgz`

let folder: string
let kubectl: string
/** The first folder on the PATH that has a plugin. */
let bin: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidegate-package-'))
  kubectl = (await binaries(['kubectl'])).kubectl
  await packed(folder)
  const home = join(folder, 'home')
  mkdirSync(home)
  await run(['npm', 'install', '--offline', '--no-audit', '--no-fund', '--prefix', home, join(folder, ARCHIVE)], { cwd: home })
  bin = join(home, 'node_modules/.bin')
}, 900_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const kubectlSays = (...args: string[]) => started([kubectl, ...args], { PATH: [bin, dirname(kubectl)].join(':') })

describe('the npm package, installed into an empty folder', () => {
  it('holds one program, its notices, and nothing that it needs besides', () => {
    const installed = join(bin, '../kubectl-tidegate')
    expect(readdirSync(installed).toSorted()).toEqual(['LICENSE', 'NOTICES.md', 'README.md', 'kubectl-tidegate.mjs', 'package.json'])
    expect(readdirSync(join(bin, '..')).filter(name => !name.startsWith('.'))).toEqual(['kubectl-tidegate'])
    expect(JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))).toMatchObject({ version, engines: { node: '>=24' } })
  })

  it('names the licence of every package that is bundled', () => {
    const text = readFileSync(join(bin, '../kubectl-tidegate/NOTICES.md'), 'utf8')
    const named = [...text.matchAll(/^## (\S+) \S+ \((.+)\)$/gm)].map(([, name, licence]) => ({ name, licence }))
    expect(named.map(({ name }) => name)).toEqual(expect.arrayContaining(['@kubernetes/client-node', 'undici']))
    expect(named.filter(({ licence }) => licence === 'undefined')).toEqual([])
  })

  it('is a plugin that kubectl lists and runs', async () => {
    const listed = await kubectlSays('plugin', 'list')
    expect(listed.out).toContain(join(bin, 'kubectl-tidegate'))
    const helped = await kubectlSays('tidegate', '--help')
    expect(helped).toMatchObject({ code: 0, err: '' })
    expect(helped.out).toMatch(/^kubectl tidegate: .*\n\n {2}approve VERSION/)
    expect(await kubectlSays('tidegate', 'validate')).toMatchObject({ code: 2 })
  })

  it('is what the manifest for krew describes', () => {
    const manifest = parse(readFileSync(join(folder, 'tidegate.yaml'), 'utf8'))
    const [platform] = manifest.spec.platforms
    const sha256 = createHash('sha256')
      .update(readFileSync(join(folder, ARCHIVE)))
      .digest('hex')
    expect(manifest.spec.version).toBe(`v${version}`)
    expect(platform).toMatchObject({ sha256, bin: 'kubectl-tidegate.mjs' })
  })

  it('unpacks for krew into a program that runs by itself', async () => {
    const store = join(folder, 'store')
    mkdirSync(store)
    await run(['tar', '-xzf', join(folder, ARCHIVE), '-C', store])
    const said = await started([join(store, 'package/kubectl-tidegate.mjs'), 'help', 'copy'], {})
    expect(said).toMatchObject({ code: 0, err: '', out: expect.stringContaining('kubectl tidegate copy VERSION --to NAMESPACE') })
  })

  it('is the same archive whenever it is packed', async () => {
    const again = join(folder, 'again')
    mkdirSync(again)
    await packed(again)
    expect(readFileSync(join(again, ARCHIVE)).equals(readFileSync(join(folder, ARCHIVE)))).toBe(true)
  })
})
