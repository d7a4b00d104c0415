// Reads, digests and judges a bundle: what comes back may be opened by a session, everything else is a Refusal.
import type { Manifest } from '../../../operator/api/bundle.ts'
import { type BundleFiles, readBundle } from './folder.ts'
import { checkGraph } from './graph.ts'
import { manifestOf } from './manifest.ts'
import { Refusal } from './refusal.ts'

export interface Bundle {
  digest: string
  manifest: Manifest
  model: SharedArrayBuffer
}

export const checkDigest = ({ digest }: BundleFiles, expected: string) => {
  if (digest === expected) return
  throw new Refusal(
    'DigestMismatch',
    `The bundle has the digest ${digest}, but ${expected} was asked for. It was changed after it was registered, or registered under a wrong digest: restore it and delete the pod, or train again.`,
  )
}

/** Files whose digest is the right one to what a session may open. */
export const bundleOf = (files: Pick<BundleFiles, 'digest' | 'manifest' | 'model'>): Bundle => {
  const manifest = manifestOf(files.manifest)
  checkGraph(new Uint8Array(files.model))
  return { digest: files.digest, manifest, model: files.model }
}

export const loadBundle = (folder: string, expected: string | undefined): Bundle => {
  const files = readBundle(folder)
  if (expected !== undefined) checkDigest(files, expected)
  return bundleOf(files)
}
