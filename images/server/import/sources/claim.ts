// A folder or a file on a claim: regular files only, and no part of the way there is a link.
import { constants, createReadStream, lstatSync, openSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { Refused } from '../refused.ts'
import type { Bytes } from '../save.ts'
import { DEEPEST, MOST_FILES, type Source, type SourceFile } from '../source.ts'

export const claimSource = (root: string, { name, path }: { name: string; path: string }): Source => {
  const found = statsOf(root, path, name)
  if (found.isDirectory()) return { kind: 'folder', files: filesIn(join(root, path)) }
  return { kind: 'file', open: async () => reading(join(root, path)) }
}

const statsOf = (root: string, path: string, claim: string): Stats => {
  let [way, found] = [root, undefined as Stats | undefined]
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') throw new Refused('spec.import.from.claim.path does not stay below the claim')
    way = join(way, part)
    found = lstatSync(way, { throwIfNoEntry: false })
    if (!found) throw new Refused(`claim ${claim} has no ${path}: check spec.import.from.claim.path`)
    if (!found.isDirectory() && !found.isFile())
      throw new Refused(`${part} of ${path} on claim ${claim} is a link: name the file or folder itself`)
  }
  return found as Stats
}

const filesIn = (root: string, below = '', depth = 1): SourceFile[] => {
  if (depth > DEEPEST) throw new Refused(`${below} is nested deeper than ${DEEPEST} folders: a bundle is not`)
  const files = readdirSync(join(root, below), { withFileTypes: true }).flatMap(entry => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return filesIn(root, path, depth + 1)
    if (!entry.isFile()) throw new Refused(`${path} is a link or a device: a bundle holds regular files only`)
    return [{ path, open: async () => reading(join(root, path)) }]
  })
  if (files.length > MOST_FILES) throw new Refused(`the folder has more than ${MOST_FILES} files: a bundle has not`)
  return files
}

/** Nothing is waited for: a pipe that took the place of a file opens at once, and is empty. */
const reading = (path: string): Bytes => {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  return createReadStream('', { fd }) as AsyncIterable<Uint8Array>
}
