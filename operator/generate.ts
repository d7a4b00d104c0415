// Entry: definitions → crds/, the chart's CRDs, docs/api/, the trainer's contract.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { files } from './generate/files.ts'

const root = join(import.meta.dirname, '..')
for (const [path, content] of files()) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}
console.log(`${files().size} files are up to date`)
