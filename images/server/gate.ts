// The program of a gate run: judges one version by the gates that need a Job, leaves its report, and ends with 0 once it is written.
import { writeFileSync } from 'node:fs'
import { exitCode } from '../../operator/api/contract.ts'
import { configOf } from './gaterun/config.ts'
import { evidenceFor } from './gaterun/evidence.ts'
import { judgeAll } from './gaterun/judgeall.ts'
import { written } from './gaterun/report.ts'

/** Where the kubelet reads what a container has to say at its end. */
const reportPath = process.env['TIDEGATE_TERMINATION_LOG'] || '/dev/termination-log'
/** Beside the sources while developing, beside the bundled file in the image. */
const server = new URL(import.meta.url.endsWith('.ts') ? './main.ts' : './main.js', import.meta.url)

const checked = configOf(process.argv.slice(2))
if ('complaints' in checked) {
  console.error(`The configuration of the gate run cannot be used: ${checked.complaints.join('; ')}`)
  process.exit(exitCode.badInput)
}
const config = checked.value
const log = (line: string) => console.log(line)

// As process 1 of a container it would not hear the signal otherwise; what it started ends with it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1))

// Nothing may grow new members on every object from here on, whatever a file or an answer holds.
Object.freeze(Object.prototype)

const { model, stage, challenger, holder } = config
log(
  `gate run ${config.gateRun}: v${challenger.version} of ${model} wants to enter ${stage}, which ${holder ? `v${holder.version}` : 'nobody'} holds`,
)
const evidence = evidenceFor(config, { server, log })
const report = written(await judgeAll({ config, evidence }, log))
await evidence.close()
writeFileSync(reportPath, report)
log(`the report of ${Buffer.byteLength(report)} bytes is written`)
process.exit(exitCode.done)
