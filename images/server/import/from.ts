// One import from its beginning to its end: the source that is asked for, then a copy of its bundle, or a bundle made of its file.
import { CONTRACT_VERSION } from '../../../operator/api/contract.ts'
import type { ImportConfig, ImportReport } from '../../../operator/api/importjob.ts'
import { importBundle } from './bundle.ts'
import { importOnnx } from './onnx.ts'
import { Refused } from './refused.ts'
import type { Source } from './source.ts'
import { claimSource } from './sources/claim.ts'
import { httpsSource } from './sources/https.ts'
import { mlflowSource } from './sources/mlflow.ts'
import { s3Source } from './sources/s3.ts'

/** `env` holds the credentials. */
export const importFrom = async (config: ImportConfig, env: NodeJS.ProcessEnv): Promise<ImportReport> => {
  const source = await sourceOf(config, env)
  const found = source.kind === 'file' ? await importOnnx(config, source.open) : await importBundle(config, source.files)
  return { contract: CONTRACT_VERSION, asked: config.digest, ...found }
}

const sourceOf = async ({ from, source, tracking }: ImportConfig, env: NodeJS.ProcessEnv): Promise<Source> => {
  const { mlflow, s3, https, claim } = from
  if (mlflow) return mlflowSource({ ...mlflow, ...(tracking && { tracking }) }, env)
  if (s3) return s3Source(s3, env)
  if (https) return httpsSource(https, env)
  if (claim && source) return claimSource(source, claim)
  throw new Refused('spec.import.from names no source')
}
