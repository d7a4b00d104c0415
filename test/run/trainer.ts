// Entry of `npm run test:trainer`: lint, format, types and tests of the trainer, in an environment of exactly the pinned packages.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureEnvironment } from './pythonenvironment.ts'
import { readReport } from './reports.ts'

const folder = join(import.meta.dirname, '..', '..', 'images', 'trainer')
const python = await ensureEnvironment(text => console.log(text))
const scratch = mkdtempSync(join(tmpdir(), 'tidegate-trainer-'))
const report = process.env['TIDEGATE_JUNIT'] || join(scratch, 'report.xml')
const chosen = process.argv.slice(2)

const CHECKS: readonly (readonly string[])[] = [
  ['ruff', 'check', '.'],
  ['ruff', 'format', '--check', '.'],
  ['mypy'],
  ['pytest', `--junit-xml=${report}`, '--durations=5', '--durations-min=2', ...chosen],
]

const failed = CHECKS.filter(([name, ...args]) => {
  console.log(`${name} ${args.join(' ')}`)
  const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }
  return spawnSync(python, ['-m', name ?? '', ...args], { cwd: folder, stdio: 'inherit', env }).status !== 0
})
const counts = readReport('junit', report)
rmSync(scratch, { recursive: true, force: true })
if (failed.length > 0 || counts.passed === 0) process.exitCode = 1
console.log(
  `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped; ${CHECKS.length - failed.length} of ${CHECKS.length} checks passed`,
)
