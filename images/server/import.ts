// The program of an import: fetches a bundle or makes one, leaves its report, and ends with 0 once the bundle is in its place.
import { writeFileSync } from 'node:fs'
import { exitCode, IMPORT_REFUSED } from '../../operator/api/contract.ts'
import { configOf } from './import/config.ts'
import { importFrom } from './import/from.ts'
import { isFinal } from './import/refused.ts'

/** Where the kubelet reads what a container has to say at its end. */
const reportPath = process.env['TIDEGATE_TERMINATION_LOG'] || '/dev/termination-log'

const checked = configOf(process.argv.slice(2))
if ('complaints' in checked) {
  console.error(`The configuration of the import cannot be used: ${checked.complaints.join('; ')}`)
  process.exit(exitCode.badInput)
}

// As process 1 of a container it would not hear the signal otherwise; what is not published goes with it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))

// Nothing may grow new members on every object from here on, whatever a file or an answer holds.
Object.freeze(Object.prototype)

/** Names of files and of servers may be in it. */
const plain = (message: string): string => message.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 500)

try {
  const report = await importFrom(checked.value, process.env)
  console.log(JSON.stringify(report))
  writeFileSync(reportPath, JSON.stringify(report))
} catch (error) {
  const final = isFinal(error)
  if (!final) console.error(error)
  const message = plain(error instanceof Error ? error.message : String(error))
  console.error(message)
  writeFileSync(reportPath, message)
  process.exit(final ? IMPORT_REFUSED : 1)
}
process.exit(exitCode.done)
