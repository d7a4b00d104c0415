// What every source is turned into: one file, or the files of a folder by their paths in it.
import type { Open } from './save.ts'

export interface SourceFile {
  /** Relative to the folder. */
  path: string
  open: Open
}

export type Source = { kind: 'file'; open: Open } | { kind: 'folder'; files: readonly SourceFile[] }

/** A bundle has no more. */
export const MOST_FILES = 256
export const DEEPEST = 4
