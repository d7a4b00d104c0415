// Which flags make Node treat the operator here as it does in its container, where a limit of memory tells it how much to hold before it collects.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DOCKERFILE = join(import.meta.dirname, '../../images/operator/Dockerfile')

/** MiB of old objects that Node allows itself under the chart's limit of 512Mi; three times the space for young ones comes on top. */
const OLD_SPACE = 256
const USUAL_YOUNG_SPACE = 1

export const deployedFlags = (): string[] => flagsIn(readFileSync(DOCKERFILE, 'utf8'))

export const flagsIn = (dockerfile: string): string[] => {
  const written = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1]
  if (written === undefined) throw new Error('images/operator/Dockerfile: no line "ENTRYPOINT […]" was found; adapt flagsIn to it')
  const flags = (JSON.parse(written) as string[]).filter(word => word.startsWith('--'))
  const young = flags.map(flag => /^--max-semi-space-size=(\d+)$/.exec(flag)?.[1]).find(size => size !== undefined)
  return [...flags, `--max-heap-size=${OLD_SPACE + 3 * Number(young ?? USUAL_YOUNG_SPACE)}`]
}
