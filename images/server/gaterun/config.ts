// What the program was asked to judge: its one argument, checked, or what is wrong with it.
import { parseArgs } from 'node:util'
import { GateConfig } from '../../../operator/api/gatejob.ts'
import { type Checked, validateJson } from '../../../operator/api/validate.ts'

/** Below the 128 KiB that one argument of a program may have. */
const MOST_CHARACTERS = 100_000
const USAGE = 'call it with --config and the JSON of a GateConfig'

const argument = (args: string[]): string | undefined => {
  try {
    return parseArgs({ args, options: { config: { type: 'string' } } }).values.config
  } catch {
    return undefined
  }
}

export const configOf = (args: string[]): Checked<GateConfig> => {
  const json = argument(args)
  return json === undefined ? { complaints: [USAGE] } : validateJson(GateConfig, json, MOST_CHARACTERS)
}
