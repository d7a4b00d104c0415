// What a gate run takes from the folder of a bundle: only bytes whose digest is the one that was asked for.
import { existsSync } from 'node:fs'
import type { Manifest } from '../../../operator/api/bundle.ts'
import { bundleFile } from '../../../operator/api/contract.ts'
import type { GateConfig } from '../../../operator/api/gatejob.ts'
import { type BundleFiles, readBundle } from '../bundle/folder.ts'
import { bundleOf, checkDigest } from '../bundle/load.ts'
import { manifestOf } from '../bundle/manifest.ts'
import type { Loaded } from '../session/messages.ts'
import { type LockedRows, lockedRows } from './lockedrows.ts'
import { type OutOfFold, outOfFold } from './outoffold.ts'
import { trainedRows } from './rowhashes.ts'
import { about, asUnusable, Unusable } from './unusable.ts'

export type Asked = GateConfig['challenger']

/** Everything that is said about a bundle names its version. */
const named = <V>({ version }: Asked, work: () => V): V => {
  try {
    return work()
  } catch (error) {
    throw asUnusable(version, error)
  }
}

export const filesOf = (asked: Asked, others: readonly string[]): BundleFiles => {
  if (!existsSync(asked.folder)) {
    throw new Unusable(`the bundle of v${asked.version} is not at ${asked.folder}: check that its claim is mounted and still holds it`)
  }
  return named(asked, () => {
    const files = readBundle(asked.folder, others)
    checkDigest(files, asked.digest)
    return files
  })
}

export const manifestIn = (asked: Asked, files: BundleFiles): Manifest => named(asked, () => manifestOf(files.manifest))

export const loadedFrom = (asked: Asked, files: BundleFiles): Loaded => named(asked, () => bundleOf(files))

const kept = ({ version }: Asked, { others }: BundleFiles, path: string): Uint8Array => {
  const bytes = others.get(path)
  if (bytes) return bytes
  throw new Unusable(
    `the bundle of v${version} has no ${path}: train it again with a trainer of this release, or import the whole bundle where this is a copy of a part`,
  )
}

export const rowsIn = (asked: Asked, files: BundleFiles, manifest: Manifest): LockedRows => {
  const bytes = kept(asked, files, bundleFile.predictions)
  return about(`${bundleFile.predictions} of v${asked.version}`, () => lockedRows(bytes, manifest))
}

export interface Known {
  manifest: Manifest
  /** Hashes of the training rows. */
  trained: BigUint64Array
}

export const outOfFoldIn = (asked: Asked, { others }: BundleFiles, { manifest, trained }: Known): OutOfFold => {
  const bytes = others.get(bundleFile.outOfFold)
  if (!bytes)
    throw new Unusable(
      `v${asked.version} has no out-of-fold answers (its bundle has no ${bundleFile.outOfFold}): train it with crossValidation; if it was, its data report says why they were not kept`,
    )
  return about(`${bundleFile.outOfFold} of v${asked.version}`, () => outOfFold(bytes, manifest, trained))
}

export const trainedIn = (asked: Asked, files: BundleFiles, { data }: Manifest): BigUint64Array => {
  const bytes = kept(asked, files, bundleFile.trainedRows)
  return about(`${bundleFile.trainedRows} of v${asked.version}`, () => trainedRows(bytes, data.trainRows))
}
