// Decides what a copy of a version in another namespace says: the same bundle, by its digest, and where it is fetched from.
import { annotation } from '../api/contract.ts'
import type { ImportSource } from '../api/import.ts'
import type { Model } from '../api/model.ts'
import type { ModelVersion } from '../api/modelversion.ts'
import { API_VERSION } from '../api/resource.ts'
import { bundleOf } from '../api/versionbundle.ts'
import type { KubeObject } from '../runtime/shape.ts'
import type { Flags } from './arguments.ts'
import { Failure, UsageError } from './failure.ts'

export interface Destination {
  namespace: string
  number: number
  claim: string
}

/** Nothing of the training comes along: its TrainingJob means nothing in another namespace, and the bundle brings its metrics. */
export const copyOf = (version: ModelVersion, from: ImportSource, to: Destination): KubeObject => {
  const { namespace, number, claim } = to
  const { model } = version.spec
  return {
    apiVersion: API_VERSION,
    kind: 'ModelVersion',
    metadata: {
      name: `${model}-v${number}`,
      namespace,
      annotations: { [annotation.copiedFrom]: `${version.metadata.namespace}/${version.metadata.name}` },
    },
    spec: { model, version: number, artifact: { claim, path: `${model}/v${number}` }, digest: bundleDigestOf(version), import: { from } },
  }
}

const bundleDigestOf = (version: ModelVersion): string => {
  const bundle = bundleOf(version)
  if (bundle) return bundle.digest
  throw new Failure(`${version.metadata.name} is not imported yet itself, so the digest of its bundle is not known: look again when it is`)
}

/** The next one that no version has and that the Model has not seen: a number is taken once. */
export const nextNumber = (model: Model | undefined, versions: readonly ModelVersion[]): number =>
  1 + Math.max(0, model?.status?.lastVersion ?? 0, ...versions.map(({ spec }) => spec.version))

const alternatives = '--from-run names an MLflow run that has it, --from s3://BUCKET/FOLDER or claim://NAME/FOLDER a place'

export const sourceOf = ({ metadata, spec }: ModelVersion, flags: Flags): ImportSource => {
  const { from, credentials } = flags
  if (from !== undefined && flags['from-run'] !== undefined) throw new UsageError('--from and --from-run are two places: give one of them')
  if (from !== undefined) return placeOf(from, flags)
  const stray = (['endpoint', 'region'] as const).find(flag => flags[flag] !== undefined)
  if (stray) throw new UsageError(`--${stray} belongs to --from s3://BUCKET/FOLDER`)
  const run = flags['from-run'] ?? spec.source?.mlflowRunId
  if (run !== undefined) return { mlflow: { run, ...(credentials && { credentials }) } }
  throw new Failure(`${metadata.name} names no MLflow run that has its bundle (spec.source.mlflowRunId): ${alternatives}`)
}

const placeOf = (from: string, { endpoint, region, credentials }: Flags): ImportSource => {
  const [, scheme, name = '', path = ''] = /^(s3|claim):\/\/([^/]+)\/(.*[^/])\/?$/.exec(from) ?? []
  if (scheme === 's3')
    // The slash says that it is a folder with a bundle, and not one file.
    return {
      s3: { bucket: name, key: `${path}/`, ...(endpoint && { endpoint }), ...(region && { region }), ...(credentials && { credentials }) },
    }
  if (scheme === undefined) throw new UsageError(`--from is ${JSON.stringify(from)}: write s3://BUCKET/FOLDER or claim://NAME/FOLDER`)
  const stray = Object.entries({ endpoint, region, credentials }).find(([, value]) => value !== undefined)
  if (stray) throw new UsageError(`--${stray[0]} means nothing for a claim: leave it out`)
  return { claim: { name, path } }
}
