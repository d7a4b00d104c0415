// Entry: removes the bundles that its configuration names, one after the other, and reports what became of each.
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { CleanupConfig, type CleanupReport } from '../../../operator/api/cleanupjob.ts'
import { CONTRACT_VERSION } from '../../../operator/api/contract.ts'
import { validateJson } from '../../../operator/api/validate.ts'
import { remove } from './remove.ts'

/** Of the configuration; sixteen longest paths are a ninth of it. */
const MOST_BYTES = 100_000

const { values } = parseArgs({
  options: { config: { type: 'string' }, 'termination-log': { type: 'string', default: '/dev/termination-log' } },
})
const checked = validateJson(CleanupConfig, values.config ?? '', MOST_BYTES)
if ('complaints' in checked) {
  console.error(`Error: --config cannot be used: ${checked.complaints.join('; ')}`)
  process.exit(42)
}
const { root, bundles } = checked.value
const report: CleanupReport = { contract: CONTRACT_VERSION, bundles: [] }
for (const bundle of bundles) {
  const told = remove(root, bundle)
  report.bundles.push(told)
  console.log(JSON.stringify({ ...told, path: bundle.path }))
}
writeFileSync(values['termination-log'], JSON.stringify(report))
