// Copies the files of a bundle into the draft: all that are there, or, where the source has its listing, those that it lists.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { bundleFile } from '../../../operator/api/contract.ts'
import { type ListedFile, lineOf, listedFiles, mayBeWithheld, WITHHELD } from '../bundle/withheld.ts'
import { limits } from '../limits.ts'
import { Refused } from './refused.ts'
import { save, textOf, write } from './save.ts'
import type { SourceFile } from './source.ts'

/** Written anew by every copy. */
const NOT_COPIED = 'run.json'
const MOST_LISTING_BYTES = 256 * 1024

/** What the folder then holds is checked by its digest, whatever came. */
export const copy = async (files: readonly SourceFile[], draft: string, digest: string): Promise<void> => {
  const listing = files.find(({ path }) => path === bundleFile.listing)
  const wanted = listing ? await chosen(files, listing, { draft, digest }) : files
  let left: number = limits.bundle.totalBytes
  for (const { path, open } of wanted.filter(each => each.path !== NOT_COPIED)) {
    left -= (await save(open, join(draft, checked(path)), { name: path, maxBytes: left })).size
  }
}

/** Any name that may come, from any server, stays inside the draft. */
const checked = (path: string): string => {
  const parts = path.split('/')
  if (path.length > 512 || path.includes('\\') || path.includes('\0') || parts.some(part => ['', '.', '..'].includes(part)))
    throw new Refused('the source has a file whose name no bundle has')
  return path
}

/** The listing proves itself: its sha256 is the digest. What it names and the source withholds is written down, so that the digest stays. */
const chosen = async (
  files: readonly SourceFile[],
  listing: SourceFile,
  { draft, digest }: { draft: string; digest: string },
): Promise<SourceFile[]> => {
  const text = await textOf(listing.open, { name: bundleFile.listing, maxBytes: MOST_LISTING_BYTES })
  const found = `sha256:${createHash('sha256').update(text).digest('hex')}`
  if (found !== digest)
    throw new Refused(`the source holds the bundle ${found}, and spec.digest is ${digest}: check the run, and the digest`)
  const listed = listedFiles(text)
  if (!listed) throw new Refused(`${bundleFile.listing} of the source is no list of files`)
  const present = new Map(files.map(file => [file.path, file]))
  const missing = listed.filter(({ path }) => !present.has(path))
  withhold(missing, draft)
  return listed.flatMap(({ path }) => present.get(path) ?? [])
}

const withhold = (missing: readonly ListedFile[], draft: string): void => {
  const needed = missing.find(({ path }) => !mayBeWithheld(path))
  if (needed)
    throw new Refused(
      `the source has no ${needed.path}, which belongs to the bundle: log the run again, or import the bundle from its claim`,
    )
  if (missing.length > 0) write(join(draft, WITHHELD), missing.map(lineOf).join(''))
}
