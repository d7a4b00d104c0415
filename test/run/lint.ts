// Entry of `npm run lint`: every linter, all of them even when the first complains.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

const LINTERS: readonly (readonly [string, ...string[]])[] = [
  ['biome', 'ci', '--colors=off'],
  ['oxlint', '--type-aware', '--deny-warnings', 'operator', 'images', 'test', 'bench'],
  ['knip', '--no-progress', '--treat-config-hints-as-errors'],
]

const complaints = LINTERS.filter(([name, ...args]) => {
  console.log(`${name} ${args.join(' ')}`)
  return spawnSync(join(root, 'node_modules/.bin', name), args, { cwd: root, stdio: 'inherit' }).status !== 0
})
if (complaints.length > 0) {
  console.error(`${complaints.map(([name]) => name).join(' and ')} complained; much is repaired by: npx biome check --write`)
  process.exitCode = 1
}
