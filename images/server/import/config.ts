// What the program was asked to import: its one argument, checked, or what is wrong with it.
import { parseArgs } from 'node:util'
import { ImportConfig } from '../../../operator/api/importjob.ts'
import { type Checked, validateJson } from '../../../operator/api/validate.ts'

/** Below the 128 KiB that one argument of a program may have. */
const MOST_CHARACTERS = 100_000

const argument = (args: string[]): string | undefined => {
  try {
    return parseArgs({ args, options: { config: { type: 'string' } } }).values.config
  } catch {
    return undefined
  }
}

export const configOf = (args: string[]): Checked<ImportConfig> => {
  const json = argument(args)
  return json === undefined
    ? { complaints: ['call it with --config and the JSON of an ImportConfig'] }
    : validateJson(ImportConfig, json, MOST_CHARACTERS)
}
