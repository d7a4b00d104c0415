// Reads a file that a person names, or standard input.
import { readFileSync } from 'node:fs'
import { UsageError } from './failure.ts'

export const read = (file: string): string => {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    throw new UsageError(`--file is ${file}, which cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
