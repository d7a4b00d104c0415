// Entry: the command line as an npm package and as a plugin for krew, in dist/ or wherever --out says; nothing is published.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { yaml } from './generate/yaml.ts'
import { bundle } from './packaging/bundle.ts'
import { krewManifest, NAME, PROGRAM, packageManifest, type Release, readme } from './packaging/description.ts'
import { notices } from './packaging/notices.ts'

const root = join(import.meta.dirname, '..')
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') }, uri: { type: 'string' } } })
const out = resolve(values.out)
const folder = join(out, NAME)
// The version of a release stands here and nowhere else.
const release = JSON.parse(readFileSync(join(root, 'operator/package.json'), 'utf8')) as Release

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
const inputs = await bundle(root, join(folder, PROGRAM))
chmodSync(join(folder, PROGRAM), 0o755)
writeFileSync(join(folder, 'package.json'), `${JSON.stringify(packageManifest(release), null, 2)}\n`)
writeFileSync(join(folder, 'README.md'), readme())
writeFileSync(join(folder, 'NOTICES.md'), `${notices(root, inputs)}\n`)
copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))

execFileSync('npm', ['pack', folder, '--pack-destination', out, '--ignore-scripts', '--silent', '--no-update-notifier'], {
  stdio: ['ignore', 'ignore', 'inherit'],
})
const archive = `${NAME}-${release.version}.tgz`
const sha256 = createHash('sha256')
  .update(readFileSync(join(out, archive)))
  .digest('hex')
const uri = values.uri ?? `https://example.com/${archive}`
writeFileSync(join(out, 'tidegate.yaml'), yaml(krewManifest(release, { uri, sha256 })))
console.log(`${join(out, archive)}\n${join(out, 'tidegate.yaml')}`)
