// Removes one bundle: it must be the very one that was registered, then it gets out of sight, then its files go.
import { lstatSync, readdirSync, renameSync, rmdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { CleanupConfig, CleanupReport } from '../../../operator/api/cleanupjob.ts'
import { CLEANUP_MESSAGE_LIMIT } from '../../../operator/api/cleanupjob.ts'
import { digestOfBundle } from '../bundle/folder.ts'
import { Refusal } from '../bundle/refusal.ts'
import { isFolder, NotRemoved, type Place, placeOf } from './place.ts'

type Asked = CleanupConfig['bundles'][number]
type Told = CleanupReport['bundles'][number]

/** Whatever happens to one of them does not keep the others. */
export const remove = (root: string, asked: Asked): Told => {
  const { version } = asked
  try {
    if (!isFolder(root)) throw new NotRemoved('the claim is not mounted')
    const place = placeOf(root, asked)
    const bytes = place ? removeAt(place, asked.digest) : undefined
    return bytes === undefined ? { version, outcome: 'Gone', bytes: 0 } : { version, outcome: 'Removed', bytes }
  } catch (error) {
    return { version, outcome: 'Refused', bytes: 0, message: plain(messageOf(error)) }
  }
}

/** The bytes that were freed; undefined when nothing was there. */
const removeAt = ({ folder, removing }: Place, digest: string): number | undefined => {
  // One that was cut off had been looked at before it got this name.
  const begun = isFolder(removing) ? emptied(removing) : undefined
  if (!isFolder(folder)) return begun
  const found = digestOfBundle(folder)
  if (found !== digest) throw new NotRemoved(`the bundle there has the digest ${found.slice(0, 19)}…, not the one that was registered`)
  renameSync(folder, removing)
  return (begun ?? 0) + emptied(removing)
}

/** A link is removed, not followed. */
const emptied = (folder: string): number => {
  const bytes = readdirSync(folder).reduce((sum, name) => {
    const path = join(folder, name)
    const found = lstatSync(path)
    if (found.isDirectory()) return sum + emptied(path)
    unlinkSync(path)
    return sum + found.size
  }, 0)
  rmdirSync(folder)
  return bytes
}

const messageOf = (error: unknown): string => {
  if (error instanceof NotRemoved || error instanceof Refusal) return error.message
  return `its files cannot be removed (${(error as NodeJS.ErrnoException).code ?? (error as Error).name}): check the volume and its permissions`
}

/** Names of files are in it, which may hold anything; each character is one byte of the report. */
const plain = (message: string): string => message.replaceAll(/[^ !#-[\]-~]/g, '?').slice(0, CLEANUP_MESSAGE_LIMIT)
