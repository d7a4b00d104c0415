// Decides where a bundle lies below the root of its claim, and that the way there is made of folders and of nothing else.
import { hash } from 'node:crypto'
import { lstatSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export interface Place {
  folder: string
  /** What is being removed has this name, beside it, so that a removal that was cut off goes on where it was. */
  removing: string
}

/** What stands at a path, without following a link that stands there. */
const kindOf = (path: string): 'folder' | 'nothing' | 'other' => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return 'nothing'
  return found.isDirectory() ? 'folder' : 'other'
}

export class NotRemoved extends Error {}

/** Undefined when there is nothing on the way. */
export const placeOf = (root: string, { path, digest }: { path: string; digest: string }): Place | undefined => {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..')) throw new NotRemoved('its path does not stay below the claim')
  let way = root
  for (const part of parts.slice(0, -1)) {
    way = join(way, part)
    const kind = kindOf(way)
    if (kind === 'nothing') return undefined
    if (kind === 'other') throw new NotRemoved('a part of its path is a link or a file')
  }
  const folder = join(root, ...parts)
  return { folder, removing: join(dirname(folder), `.removing-${hash('sha256', `${basename(folder)} ${digest}`, 'hex').slice(0, 16)}`) }
}

/** Whether the folder is there; anything else under its name is left alone. */
export const isFolder = (path: string): boolean => {
  const kind = kindOf(path)
  if (kind === 'other') throw new NotRemoved('what stands there is a link or a file, no folder')
  return kind === 'folder'
}
