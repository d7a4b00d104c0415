// Files that belong to a bundle and were left behind when it was copied: their lines still count, so that the digest stays what it was.
import { Refusal } from './refusal.ts'

export const WITHHELD = 'withheld.sha256'

export interface ListedFile {
  sha256: string
  size: number
  path: string
}

/** Of a canonical listing; undefined where it is none. */
export const listedFiles = (text: string): ListedFile[] | undefined => {
  const lines = text.split('\n')
  if (lines.pop() !== '') return undefined
  const files = lines.map(line => /^([0-9a-f]{64}) {2}(0|[1-9]\d{0,14}) {2}(.+)$/.exec(line))
  return files.every(found => found !== null)
    ? files.map(([, sha256 = '', size = '', path = '']) => ({ sha256, size: Number(size), path }))
    : undefined
}

export const lineOf = ({ sha256, size, path }: ListedFile): string => `${sha256}  ${size}  ${path}\n`

/** What is served from has to be there; what was measured may stay where it was. */
export const mayBeWithheld = (path: string): boolean => path.startsWith('evaluation/')

/** `present` are the paths that the folder has. */
export const withheldFiles = (text: string, present: ReadonlySet<string>): ListedFile[] => {
  const files = listedFiles(text)
  if (!files) throw new Refusal('BundleRefused', `${WITHHELD} is no list of files.`)
  const wrong = files.find(({ path }) => !mayBeWithheld(path) || present.has(path))
  if (wrong) throw new Refusal('BundleRefused', `${WITHHELD} names a file that must be there, or that is there.`)
  return files
}
