// Reads versions of a model: the newest first, and why each stands where it does.
import type { ModelVersion } from '../api/modelversion.ts'
import { modelVersions } from '../controllers/resources.ts'
import { type Cluster, listed } from './cluster.ts'

export const versionsOf = async (cluster: Cluster, model: string): Promise<ModelVersion[]> => {
  const versions = await listed<ModelVersion>(cluster, modelVersions, `spec.model=${model}`)
  return versions.sort((a, b) => b.spec.version - a.spec.version)
}

/** The one line that `kubectl get mv` shows. */
export const why = ({ status }: ModelVersion): string =>
  status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? 'nothing is said about it yet'

export const digits = (value: number): string => String(Number(value.toPrecision(3)))

/** Enough of a digest to tell it from others. */
export const short = (digest: string | undefined): string => digest?.slice(0, 'sha256:'.length + 12) ?? ''
