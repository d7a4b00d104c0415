// Reads a file that a person names, or standard input.
import { readFileSync } from 'node:fs'
import { UsageError } from './failure.ts'

/** `from` is the word for it in the usage, such as --file. */
export const read = (file: string, from = '--file'): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`${from} is ${file}, which cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
