// Whether a bundle's folder is needed by another version: the same folder, one inside it, or one around it.
import type { ModelVersion } from '../../../api/modelversion.ts'

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)

export const isNamedByAnother = ({ metadata, spec }: ModelVersion, all: readonly ModelVersion[]): boolean =>
  all.some(({ metadata: { uid }, spec: { artifact } }) => {
    const { claim, path } = spec.artifact
    return uid !== metadata.uid && artifact.claim === claim && (isWithin(artifact.path, path) || isWithin(path, artifact.path))
  })
