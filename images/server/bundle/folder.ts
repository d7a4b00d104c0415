// Reads a bundle's folder without trusting it: regular files only, no links, bounded sizes, and each byte read exactly once.
import { createHash } from 'node:crypto'
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { limits } from '../limits.ts'
import { Refusal } from './refusal.ts'
import { lineOf, WITHHELD, withheldFiles } from './withheld.ts'

const CHUNK = 1024 * 1024
/** Left out of the digest: times and ids of the run, and the list of what else belongs to the bundle. */
const UNDIGESTED = ['run.json', WITHHELD]
const MOST_WITHHELD_BYTES = 64 * 1024
const KEPT = ['manifest.json', 'model.onnx']

export interface BundleFiles {
  digest: string
  /** Of all digested files together. */
  bytes: number
  manifest: Uint8Array
  /** Shared, so that every worker opens the very bytes that were digested. */
  model: SharedArrayBuffer
  /** What else the caller asked to keep, by path; a file that the bundle does not have is absent. */
  others: ReadonlyMap<string, Uint8Array>
}

const code = (error: unknown) => (error as NodeJS.ErrnoException).code

const entries = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    if (code(error) === 'ENOENT' || code(error) === 'ENOTDIR') {
      throw new Refusal(
        'BundleMissing',
        'The folder of the bundle does not exist. Mount the bundle there, or name its folder in TIDEGATE_BUNDLE.',
      )
    }
    throw new Refusal('LoadFailed', `The folder of the bundle cannot be read (${code(error)}). Check the volume and its permissions.`)
  }
}

/** Relative paths of all files, bytewise sorted. */
const listing = (root: string, below = '', depth = 1): string[] => {
  if (depth > limits.bundle.depth) throw new Refusal('BundleRefused', `${below} is nested deeper than ${limits.bundle.depth} folders.`)
  return entries(join(root, below)).flatMap(entry => {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) return listing(root, path, depth + 1)
    if (entry.isFile()) return [path]
    throw new Refusal('BundleRefused', `${path} is a link or a device: a bundle holds regular files only.`)
  })
}

const bytewise = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const opened = (root: string, path: string) => {
  try {
    return openSync(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    throw new Refusal(code(error) === 'ELOOP' ? 'BundleRefused' : 'LoadFailed', `${path} cannot be opened (${code(error)}).`)
  }
}

const checkedSize = (fd: number, path: string, maxBytes: number) => {
  const stat = fstatSync(fd)
  if (!stat.isFile()) throw new Refusal('BundleRefused', `${path} is not a regular file.`)
  if (stat.nlink > 1) throw new Refusal('BundleRefused', `${path} has ${stat.nlink} hard links: copy the bundle, do not link it.`)
  if (stat.size > maxBytes) throw new Refusal('BundleRefused', `${path} has ${stat.size} bytes; at most ${maxBytes} are read.`)
  return stat.size
}

interface Reading {
  fd: number
  path: string
  size: number
}

/** Reads the file once, chunk by chunk; a file that changes its size meanwhile is refused. */
const chunks = function* ({ fd, path, size }: Reading, into: (at: number, length: number) => Uint8Array) {
  let at = 0
  while (at < size) {
    const target = into(at, Math.min(CHUNK, size - at))
    const read = readSync(fd, target, 0, target.length, at)
    if (read === 0) throw new Refusal('BundleRefused', `${path} became shorter while it was read.`)
    yield target.subarray(0, read)
    at += read
  }
}

const maxBytesOf = (path: string, others: readonly string[]) => {
  if (path === 'manifest.json') return limits.bundle.manifestBytes
  if (path === 'model.onnx') return limits.bundle.modelBytes
  return others.includes(path) ? limits.bundle.otherBytes : limits.bundle.totalBytes
}

interface DigestedFile {
  line: string
  size: number
  kept: ArrayBufferLike | undefined
}

interface Wanted {
  path: string
  maxBytes: number
  /** Kept in shared memory. */
  keeps: readonly string[]
  others: readonly string[]
}

/** A decoder of text refuses shared memory, so only what goes to the workers is shared. */
const roomFor = ({ path, keeps, others }: Wanted, size: number): ArrayBufferLike | undefined => {
  if (keeps.includes(path)) return new SharedArrayBuffer(size)
  return others.includes(path) ? new ArrayBuffer(size) : undefined
}

/** What is kept and what is digested are the same bytes: a file swapped after the digest has no effect. */
const digested = (root: string, wanted: Wanted): DigestedFile => {
  const { path, maxBytes } = wanted
  const fd = opened(root, path)
  try {
    const size = checkedSize(fd, path, maxBytes)
    const kept = roomFor(wanted, size)
    const scratch = kept ? new Uint8Array(kept) : new Uint8Array(Math.min(CHUNK, size))
    const hash = createHash('sha256')
    const into = (at: number, length: number) => scratch.subarray(kept ? at : 0, (kept ? at : 0) + length)
    for (const chunk of chunks({ fd, path, size }, into)) hash.update(chunk)
    return { line: `${hash.digest('hex')}  ${size}  ${path}\n`, size, kept }
  } finally {
    closeSync(fd)
  }
}

const checkedListing = (root: string) => {
  const paths = listing(root).sort(bytewise)
  const missing = KEPT.find(needed => !paths.includes(needed))
  if (missing !== undefined) {
    throw new Refusal('BundleMissing', `The bundle has no ${missing}. Check that the whole folder of the run is mounted.`)
  }
  if (paths.length > limits.bundle.files) {
    throw new Refusal('BundleRefused', `The bundle has ${paths.length} files; at most ${limits.bundle.files} are read.`)
  }
  return paths
}

interface Line {
  path: string
  line: string
}

/** Of files that were left behind when the bundle was copied. */
const withheldLines = (root: string, paths: readonly string[]): Line[] => {
  if (!paths.includes(WITHHELD)) return []
  const { kept = new ArrayBuffer(0) } = digested(root, { path: WITHHELD, maxBytes: MOST_WITHHELD_BYTES, keeps: [], others: [WITHHELD] })
  const files = withheldFiles(new TextDecoder().decode(new Uint8Array(kept)), new Set(paths))
  return files.map(file => ({ path: file.path, line: lineOf(file) }))
}

const read = (root: string, keeps: readonly string[], others: readonly string[]) => {
  const kept = new Map<string, ArrayBufferLike>()
  let left: number = limits.bundle.totalBytes
  const paths = checkedListing(root)
  const lines = withheldLines(root, paths)
  for (const path of paths.filter(each => !UNDIGESTED.includes(each))) {
    const file = digested(root, { path, maxBytes: Math.min(left, maxBytesOf(path, others)), keeps, others })
    left -= file.size
    lines.push({ path, line: file.line })
    if (file.kept) kept.set(path, file.kept)
  }
  const hash = createHash('sha256')
  for (const { line } of lines.sort((a, b) => bytewise(a.path, b.path))) hash.update(line)
  return { digest: `sha256:${hash.digest('hex')}`, bytes: limits.bundle.totalBytes - left, kept }
}

/** `others` are paths of files that are kept beside the manifest and the model. */
export const readBundle = (root: string, others: readonly string[] = []): BundleFiles => {
  const { digest, bytes, kept } = read(root, KEPT, others)
  const [manifest, model] = KEPT.map(path => kept.get(path)) as [SharedArrayBuffer, SharedArrayBuffer]
  const found = [...kept].filter(([path]) => others.includes(path)).map(([path, content]) => [path, new Uint8Array(content)] as const)
  return { digest, bytes, manifest: new Uint8Array(manifest), model, others: new Map(found) }
}

/** For whoever needs no byte of it: it takes the memory of one chunk. */
export const digestOfBundle = (root: string): string => read(root, [], []).digest
