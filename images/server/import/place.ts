// Where the bundle goes: written beside its place under a name of its own, visible at once when it is whole.
import { hash, randomUUID } from 'node:crypto'
import { closeSync, constants, fsyncSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Refused } from './refused.ts'

export interface Place {
  folder: string
  /** Of this try. */
  draft: string
  /** Takes away what is not published. */
  discard: () => void
}

const isFolder = (path: string): boolean | undefined => lstatSync(path, { throwIfNoEntry: false })?.isDirectory()

/** No part of the way may be a link: it could lead anywhere. */
const wayTo = (root: string, path: string): string => {
  const parts = path.split('/')
  if (parts.some(part => part === '' || part === '.' || part === '..'))
    throw new Refused('spec.artifact.path does not stay below the claim')
  let way = root
  for (const part of parts.slice(0, -1)) {
    way = join(way, part)
    const found = isFolder(way)
    if (found === undefined) makeFolder(way)
    else if (!found) throw new Refused(`${part} of spec.artifact.path ${path} is a link or a file on the claim: choose another path`)
  }
  return join(root, ...parts)
}

const makeFolder = (folder: string): void => {
  mkdirSync(folder)
  syncFolder(dirname(folder))
}

/** What earlier tries began and did not end goes first. */
export const placeFor = (root: string, path: string): Place => {
  const folder = wayTo(root, path)
  const beside = dirname(folder)
  const begun = `.importing-${hash('sha256', folder, 'hex').slice(0, 16)}-`
  for (const left of readdirSync(beside).filter(name => name.startsWith(begun)))
    rmSync(join(beside, left), { recursive: true, force: true })
  const draft = join(beside, `${begun}${randomUUID()}`)
  mkdirSync(draft)
  return { folder, draft, discard: discarding(draft) }
}

/** Also when a signal ends the program: nobody comes after it when the version is gone. */
const discarding = (draft: string): (() => void) => {
  const remove = () => rmSync(draft, { recursive: true, force: true })
  process.once('exit', remove)
  return () => {
    process.off('exit', remove)
    remove()
  }
}

/** Whether something stands there already; only a folder is looked at further. */
export const isTaken = ({ folder }: Place, path: string): boolean => {
  const found = isFolder(folder)
  if (found === false) throw new Refused(`what stands at spec.artifact.path ${path} is a link or a file, no folder: choose another path`)
  return found === true
}

const syncFolder = (folder: string): void => {
  const fd = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

const foldersOf = (draft: string): string[] => [
  draft,
  ...readdirSync(draft, { recursive: true, withFileTypes: true }).flatMap(each =>
    each.isDirectory() ? [join(each.parentPath, each.name)] : [],
  ),
]

export const publish = ({ folder, draft }: Place): void => {
  for (const each of foldersOf(draft)) syncFolder(each)
  renameSync(draft, folder)
  syncFolder(dirname(folder))
}
