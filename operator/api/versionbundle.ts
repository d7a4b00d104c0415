// The one answer to which bundle a version is, and what was measured of it: everybody who needs it asks here.
import type { Evaluation, ModelVersion } from './modelversion.ts'

export interface VersionBundle {
  digest: string
  evaluation: Evaluation | undefined
}

/** Undefined until the import is through: such a version passes no gate and is not served. An evaluation that a person wrote counts. */
export const bundleOf = ({ spec, status }: Pick<ModelVersion, 'spec' | 'status'>): VersionBundle | undefined => {
  const found = spec.import ? status?.bundle : spec
  return found && { digest: found.digest, evaluation: spec.evaluation ?? found.evaluation }
}

/** Of its bundle; of a version that has none yet, what its source must hold. */
export const digestOf = (version: Pick<ModelVersion, 'spec' | 'status'>): string => (bundleOf(version) ?? version.spec).digest
