// Names a result after everything that makes it, so that a change builds anew and nothing else does.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A short name for these values and the bytes of these files; the order counts. */
export function contentKey(values: readonly string[], files: readonly string[] = []): string {
  const hash = createHash('sha256')
  const add = (bytes: string | Buffer) => hash.update(`${Buffer.byteLength(bytes)}:`).update(bytes)
  for (const value of values) add(value)
  hash.update('|')
  for (const file of files) add(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}
