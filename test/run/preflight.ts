// Entry of the first step: says what this machine lacks, and on Debian as root installs it.
import { preflight } from '../cluster/preflight.ts'

try {
  await preflight('cluster', line => console.log(line))
  console.log('this machine has what a cluster needs')
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
