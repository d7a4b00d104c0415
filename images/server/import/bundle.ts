// A folder that holds a bundle: copied, known by its digest, and judged by the very rules of the server before anybody sees it.
import type { ImportConfig, ImportReport } from '../../../operator/api/importjob.ts'
import { readBundle } from '../bundle/folder.ts'
import { type Bundle, bundleOf } from '../bundle/load.ts'
import { copy } from './copy.ts'
import { evaluationIn } from './evaluation.ts'
import { isTaken, type Place, placeFor, publish } from './place.ts'
import { Refused } from './refused.ts'
import { replay } from './replay.ts'
import { noteRun } from './runfile.ts'
import type { SourceFile } from './source.ts'

export const importBundle = async (
  config: ImportConfig,
  files: readonly SourceFile[],
): Promise<Omit<ImportReport, 'contract' | 'asked'>> => {
  const { root, path, digest } = config
  const place = placeFor(root, path)
  try {
    const { manifest } = isTaken(place, path) ? standing(place, config) : await brought(place, config, files)
    return { digest, ...evaluationIn(manifest) }
  } finally {
    place.discard()
  }
}

/** An earlier try may have ended after it was visible; anything else there is somebody's. */
const standing = ({ folder }: Place, { path, digest }: ImportConfig): Bundle => {
  const files = readBundle(folder)
  if (files.digest === digest) return bundleOf(files)
  throw new Refused(`another bundle, ${files.digest}, stands at spec.artifact.path ${path}: choose another path`)
}

const brought = async (place: Place, config: ImportConfig, sources: readonly SourceFile[]): Promise<Bundle> => {
  const { draft } = place
  const { digest } = config
  await copy(sources, draft, digest)
  const files = readBundle(draft)
  if (files.digest !== digest)
    throw new Refused(
      `the source holds a bundle with the digest ${files.digest}, and spec.digest is ${digest}: correct the digest, or the source`,
    )
  const bundle = bundleOf(files)
  await replay(bundle)
  noteRun(draft, config)
  publish(place)
  return bundle
}
